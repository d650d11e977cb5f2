// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/model_state.h"

namespace anamorph {

/// A model's H at standardised points, m×q: trend_matrix, whose constant is one for each region, by
/// its weight, where the model has regions. @throws Error(dimension_mismatch)
[[nodiscard]] Matrix trend_of(const ModelState& model, const Points& x_standardised,
                              const Matrix& covariates);

/// (z − Hβ̂) e^{−l/2} at the sites, n, in the scale in which the model is Gaussian, l with mean zero over
/// the sites: what a variogram in deformed space is taken of. Its sill is σ² + τ².
[[nodiscard]] Vector stationary_residuals(const ModelState& model);

/// The model's β (of the realisation that it predicts) in the user's units: trend_in_user_units, the constants of all regions first where
/// the model has regions.
[[nodiscard]] Vector trend_in_user_units(const ModelState& model);

}  // namespace anamorph
