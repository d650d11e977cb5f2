// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// On the way from one of n simulations of a field to another, t from 0 to 1:
///     z(t) = z̄ + s(t) (cos(πt/2) (z₁ − z̄) + sin(πt/2) (z₂ − z̄)),   s² = (n − 1) / (n − 1 − sin πt),
/// z̄ the mean of the n. Where these are independent and Gaussian with the same mean and covariance C, so is
/// each z(t): every frame of a film through simulations is itself a simulation, conditional on the data if
/// they are. For the deviations zᵢ − z̄ have covariances C (δᵢⱼ − 1/n) and none with z̄, whose covariance is
/// C/n, so that
///     cov z(t) = C (1/n + s² (1 − 1/n − sin(πt)/n)) = C.
/// Without s it would be C (1 − sin(πt)/n); on a straight line from z₁ to z₂ half of C in the middle. Two
/// simulations lie opposite each other about their mean: no smooth way between them keeps the covariance, and
/// z(t) is the nearer of them.
/// `mean`: z̄; `from`, `to`: z₁ and z₂; one value a place, m each, in one unit; NaN stays NaN. t outside
/// [0, 1] is taken for its nearer end. `count`: n, at least two.
/// Source: P. Hennig, Animating samples from Gaussian distributions, technical report 8, Max Planck Institute
/// for Intelligent Systems, 2013, for the way about a known mean (s = 1); s follows as above.
/// @throws Error(dimension_mismatch | bad_input)
[[nodiscard]] Vector simulation_passage(const Vector& mean, const Vector& from, const Vector& to, int count, double t);

}  // namespace anamorph
