// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/covariance/pair_kernel.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// Points to be kriged, each from its own few records (sites, or points that have a value already).
struct KrigingSets {
    /// Records of d + 1 doubles: coordinates in units of the range (with a covariance object all the
    /// numbers that it needs of a site), then the noise scale (0: none).
    const double* records = nullptr;
    const double* points = nullptr;  ///< one point after the other, d numbers each
    int dimension = 2;               ///< d, 1 to 3; with a covariance object up to 16
    const std::int32_t* neighbours = nullptr;  ///< m record numbers a point, nearest first; −1: none
    int neighbour_count = 0;                   ///< m, at most 200
    Smoothness smoothness = Smoothness::three_halves;
    double nugget_ratio = 0.0;  ///< η
    double jitter = 0.0;        ///< added to the diagonal of the records' correlation matrix
    const PairKernel* covariance = nullptr;  ///< instead of the Matérn of `smoothness`; null: none
};

/// Simple kriging weights b = C⁻¹ρ and variances 1 − ρ'C⁻¹ρ of points from their neighbours, several
/// points at once, one in each lane of a vector register; compiled for AVX-512, AVX2 and plain
/// processors and chosen at run time.
struct KrigingKernels {
    /// Of the first `count` points: weights count×m, row by point (0 where there is no neighbour),
    /// and variances. False where a pivot was not positive.
    bool (*weights)(const KrigingSets&, std::int64_t count, double* weights, double* variances);
    const char* name;  ///< "AVX-512", "AVX2", "plain"
};

class PairCovariance;
/// Sets `smoothness` where the covariance has one of the closed forms that the kernels know, else
/// `covariance`, which must outlive the sets.
void set_covariance(KrigingSets& sets, const PairCovariance& covariance);

/// The fastest kernels that this processor can run.
[[nodiscard]] const KrigingKernels& kriging_kernels();
/// All kernels that this processor can run, the plain ones last (for tests).
struct KrigingKernelList {
    const KrigingKernels* kernels[3];
    int count;
};
[[nodiscard]] KrigingKernelList all_kriging_kernels();

/// Weights and variances by the fastest kernels. Where a point's matrix cannot be factorised (records
/// too close together for their smoothness) its jitter is raised, a hundred times at a step.
void kriging_weights(const KrigingSets& sets, std::int64_t count, double* weights,
                     double* variances);

}  // namespace anamorph
