// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// Isotropic correlations ρ at range 1, as functions of the squared distance s = h²:
///   ν = 1/2  e^{−h}
///   ν = 1    h K₁(h)
///   ν = 3/2  (1 + h) e^{−h}
///   ν = 5/2  (1 + h + h²/3) e^{−h}
///   ν = ∞    e^{−h²/2}
/// that is Matérn 2^{1−ν}/Γ(ν) h^ν K_ν(h) without √(2ν) (Stein 1999, eq. 2.31), and the Gaussian.
/// A range ℓ enters by dividing coordinates by ℓ.

/// ρ for `count` squared distances. In place allowed (rho == squared_distance).
void correlation(Smoothness smoothness, const double* squared_distance, Index count, double* rho);

/// dρ/ds for `count` squared distances; in place allowed. For ν = 1/2, where it is −∞ at s = 0,
/// distances below 1e-7 count as 1e-7.
void correlation_derivative(Smoothness smoothness, const double* squared_distance, Index count,
                            double* derivative);

/// ρ at one distance h ≥ 0.
[[nodiscard]] double correlation_at(Smoothness smoothness, double distance);

/// The distance at which ρ = 0.05 for range 1.
[[nodiscard]] double practical_range_factor(Smoothness smoothness);

/// Correlations of rows of `a` (m×d) with rows of `b` (n×d): m×n. Parallel over columns.
/// @throws Error(bad_input) for a smoothness that is not given, as the functions above.
[[nodiscard]] Matrix cross_correlation(Smoothness smoothness, const Points& a, const Points& b);

}  // namespace anamorph
