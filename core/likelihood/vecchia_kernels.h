// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/covariance/pair_kernel.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// The inner loops of Vecchia's likelihood. Several conditioning sets at once, one in each lane of
/// a vector register; compiled for AVX-512, AVX2 and plain processors and chosen at run time.
///
/// For a set with correlation block C (own site last), C = LLᵀ, w = L⁻ᵀe_last, r = wᵀy, pivot
/// δ = L_last,last²: the term of −log p at partial sill σ² is ½(log δ + r²/σ² + log 2πσ²).
/// Derivatives by the rank-two formula ∂/∂C = w pᵀ + p wᵀ (off the diagonal),
/// p = ½(1 + r²/σ²) w − (r/σ²) C⁻¹y.

/// Most numbers a site that the kernels take: coordinates and local features.
inline constexpr int vecchia_features = 16;

/// Sites as records of doubles: d coordinates (units of the range) or, with a covariance object,
/// `features` numbers, then the noise scale, then `columns` data columns.
struct VecchiaSites {
    const double* records = nullptr;
    int dimension = 2;  ///< d, 1 to 3
    int columns = 1;    ///< 1 to 16
    const std::int32_t* neighbours = nullptr;  ///< n×m, row by site, earlier sites; −1: none
    int neighbour_count = 0;                   ///< m, at most 200
    Smoothness smoothness = Smoothness::three_halves;  ///< of the Matérn correlation in closed form
    double nugget_ratio = 0.0;  ///< η
    double jitter = 0.0;
    const PairKernel* covariance = nullptr;  ///< instead of the closed form; null: none
    int features = 0;                        ///< numbers a site, with `covariance`
};

/// Most columns that the kernels take: one of values and 15 of the trend.
inline constexpr int vecchia_columns = 16;

/// Sums over sets: Σ log δ and, with r_c = wᵀ(column c), Σ r_c r_c' (columns×columns, row-major).
struct VecchiaMoments {
    double log_det = 0.0;
    double cross[vecchia_columns * vecchia_columns] = {};
};

/// Sums for the parameters j = log scale of the coordinates, log η, with A_j = L⁻¹(∂C/∂j)w:
/// Σ A_j,last; Σ r_c r_c' A_j,last; Σ r_c z_c'ᵀA_j (symmetrised), z_c = L⁻¹(column c); and
/// Fisher's information Σ(A_jᵀA_k − ½ A_j,last A_k,last).
struct VecchiaParameterMoments {
    VecchiaMoments moments;
    double last[2] = {};
    double last_cross[2][vecchia_columns * vecchia_columns] = {};
    double data_cross[2][vecchia_columns * vecchia_columns] = {};
    double fisher[2][2] = {};
};

/// Value and gradient at given β (the only column is y = z − Hβ, scaled) and σ².
struct VecchiaGradient {
    double log_det = 0.0;
    double squares = 0.0;          ///< Σ r²
    double d_log_nugget = 0.0;     ///< of −log p
    /// n records of d + 2 doubles, added to: −log p by the coordinates; C⁻¹y; diagonal of C⁻¹.
    /// With a covariance object: n records of features + 3 doubles, the features in the place of the
    /// coordinates and −log p by the logarithm of the site's own nugget at the end.
    double* accumulators = nullptr;
    double* d_natural = nullptr;  ///< by the covariance object's natural parameters, added to
};

/// Each over the sets of the `count` sites listed in `sets`. False where a pivot was not positive.
struct VecchiaKernels {
    bool (*moments)(const VecchiaSites&, const std::int32_t* sets, std::int64_t count,
                    VecchiaMoments&);
    bool (*parameter_moments)(const VecchiaSites&, const std::int32_t* sets, std::int64_t count,
                              VecchiaParameterMoments&);
    bool (*gradient)(const VecchiaSites&, const std::int32_t* sets, std::int64_t count,
                     double partial_sill, VecchiaGradient&);
    int lanes;         ///< sets handled at once
    const char* name;  ///< "AVX-512", "AVX2", "plain"
};

/// The fastest kernels that this processor can run.
[[nodiscard]] const VecchiaKernels& vecchia_kernels();
/// All kernels that this processor can run, the plain ones last (for tests).
struct VecchiaKernelList {
    const VecchiaKernels* kernels[3];
    int count;
};
[[nodiscard]] VecchiaKernelList all_vecchia_kernels();

}  // namespace anamorph
