// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

/// Laplace's approximation around the estimates θ̂ (MacKay 1992, Neural Computation 4:415).
///
/// Fills `hessian` (differences of the analytic gradient), `effective_parameters` and
///   criterion = objective + ½ Σ log max(½, eig(P^{−½} H P^{−½})) + c log n
/// over the coefficients that have a proper prior of precision P; c = 1 for a class with an
/// anisotropy or a warp, else 0; what the places of added units cost (added_units.h) comes on top. Smaller is better; classes of one data set are comparable.
/// Models with a neural network among their layers have the posterior of all but the network's hidden
/// layers (hidden_layers.h), and no criterion: NaN.
/// @throws Error(cancelled). Returns false when the user stopped before it was finished.
bool compute_posterior(TrainingRun& run, ModelState& model);

/// Antithetic draws of θ from N(θ̂, H⁻¹), eigenvalues of H below 1 raised to 1: `count` vectors.
[[nodiscard]] std::vector<Vector> posterior_draws(const ModelState& model, int count,
                                                  std::uint64_t seed);

}  // namespace anamorph
