// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/fit/objective.h"
#include "core/fit/training_run.h"

namespace anamorph {

/// Where an objective is far from quadratic a standard deviation away from its minimum, as it is in the
/// weights of neural networks, its second derivatives promise a freedom that is not there. Takes the
/// curvature C (k×k, of the parameters at the places `free` of θ, symmetric) and returns one with the same
/// eigenvectors whose Gaussian rises as the objective does:
///   - along each eigenvector, from the standard deviation s = max(e, 1)^{−½} on, s is shortened until the
///     objective's mean rise at ±s is about the Gaussian's ½ (after the exploration along eigenvectors of
///     Rue, Martino and Chopin 2009, J. R. Statist. Soc. B 71:319, sec. 6.5);
///   - then all together, until draws rise by no more than the Gaussian's k/2.
/// `value`: the objective at θ. @throws Error(cancelled)
[[nodiscard]] Matrix finite_curvature(TrainingRun& run, Objective& objective, const Vector& theta, double value,
                                      const std::vector<Index>& free, const Matrix& curvature);

}  // namespace anamorph
