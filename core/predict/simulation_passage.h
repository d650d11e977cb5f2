// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// On the way from one simulation of a field to another, t from 0 to 1:
///     z(t) = m + cos(πt/2) (z₁ − m) + sin(πt/2) (z₂ − m).
/// Where z₁ and z₂ are independent and Gaussian with the same mean m and covariance C, each z(t) has them,
/// too, since cos² + sin² = 1: every frame of a film through simulations is itself a simulation, conditional
/// on the data if they are. A straight line between them would shrink to half of the variance in the middle.
/// `mean`, `from`, `to`: one value a place, m each, in one unit; NaN stays NaN. t outside [0, 1] is taken
/// for its nearer end.
/// Source: P. Hennig, Animating samples from Gaussian distributions, technical report 8, Max Planck Institute
/// for Intelligent Systems, 2013.
/// @throws Error(dimension_mismatch)
[[nodiscard]] Vector simulation_passage(const Vector& mean, const Vector& from, const Vector& to, double t);

}  // namespace anamorph
