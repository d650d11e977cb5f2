// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"
#include "core/covariance/pair_covariance.h"
#include "core/likelihood/site_features.h"

namespace anamorph {

/// The covariance of the predictive process, factorised without anything n×n. With K_vv = LLᵀ the
/// correlation of the k inducing sites, A = L⁻¹K_vu (k×n) and a diagonal D (n):
///   C = AᵀA + D,  M = I + A D⁻¹Aᵀ = NNᵀ,  C⁻¹ = D⁻¹ − D⁻¹AᵀM⁻¹A D⁻¹,  log|C| = Σ log D + log|M|.
/// D = η·noise + jitter for the predictive process (Banerjee et al. 2008, JRSS B 70:825), and
/// D = 1 − diag(AᵀA) + η·noise + jitter with the variances corrected: FITC (Snelson and Ghahramani
/// 2006, NIPS 18), the modified predictive process of Finley et al. (2009, CSDA 53:2873).
struct LowRankFactor {
    Matrix inducing;     ///< L, k×k, lower triangle
    Matrix sites;        ///< A, k×n
    Vector diagonal;     ///< D, n
    Matrix capacitance;  ///< N, k×k, lower triangle
    double half_log_determinant = 0.0;  ///< ½ log|C|

    /// `features` of sites, range 1, and of inducing sites as for PredictiveProcessLikelihood.
    /// `noise_scale` n. False where a matrix could not be factorised. K_vv gets 1e-8 on its diagonal.
    [[nodiscard]] bool compute(const SiteFeatures& features, const PairCovariance& covariance,
                               double nugget_ratio, const Vector& noise_scale, double jitter, bool fitc);

    /// M⁻¹A D⁻¹b, which is A C⁻¹b: k×c for b n×c.
    [[nodiscard]] Matrix project(const Matrix& b) const;
    /// C⁻¹b from b and project(b).
    [[nodiscard]] Matrix solve(const Matrix& b, const Matrix& projected) const;
};

/// Sites that are worked on together: keeps temporaries small beside A.
inline constexpr Index low_rank_panel = 1024;

/// b ← T⁻¹b or T⁻ᵀb for the lower triangle T (k×k) and b k×c.
void solve_triangular(const Matrix& lower, bool transposed, double* b, Index columns);

}  // namespace anamorph
