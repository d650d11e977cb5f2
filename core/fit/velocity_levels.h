// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/velocity_field.h"
#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

struct StageOptions;

/// The velocity field of a model whose only warp it is; null for other models.
[[nodiscard]] VelocityField* velocity_field_of(ModelState& model);
[[nodiscard]] const VelocityField* velocity_field_of(const ModelState& model);

/// "6 centres an axis", "6 and 12 centres an axis, 2 units"
[[nodiscard]] std::string resolution_of(const ModelState& model);

/// γ = Σ(1 − [H_w⁻¹]_ii) over each group of the velocity field's functions, H_w the whitened Hessian
/// of its coefficients with eigenvalues of at least 1: how many of them the data determine. Needs
/// the model's Hessian; empty without a velocity field. MacKay (1992), Neural Computation 4:415.
[[nodiscard]] std::vector<double> determined_velocity_coefficients(const ModelState& model);

/// MacKay's fixed point λ_g ← γ_g/(2 Σ|w_k|²) for the ridge of each group, two updates, each followed
/// by a fit; the model holds its curvature afterwards. False when the user stopped.
/// @throws Error(cancelled)
[[nodiscard]] bool settle_ridges(TrainingRun& run, ModelState& model);

/// Fits the model with a second, finer level of `size` centres along an axis and keeps it where the
/// criterion falls; `settle`: with the ridges of both levels at their fixed points.
/// The model must hold its curvature. @throws Error(cancelled)
void try_second_level(TrainingRun& run, ModelState& model, int size, bool settle);

/// How a model is fitted in a search for the resolution: to a looser tolerance than a class; `what` ends the
/// stage's name.
[[nodiscard]] StageOptions rung_stage(const ModelState& model, const std::string& what);

}  // namespace anamorph
