// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/fit/model_state.h"

namespace anamorph {

// Models of several realisations: one map, one covariance, a trend for each realisation.

/// Coefficients of the trends of all realisations together: the columns of the trend matrix times the
/// number of realisations. ModelState::trend_coefficients holds them one realisation after the other.
[[nodiscard]] Index all_trend_coefficients(const ModelState& model);

/// β̂ of one realisation; all of them where there is one.
[[nodiscard]] Vector trend_coefficients_of(const ModelState& model, int realisation);

/// Hβ̂ of each row with its realisation's β̂, n.
[[nodiscard]] Vector trend_at_sites(const ModelState& model, const Observations& observations);

/// The model with the data of one realisation alone, at the same parameters.
[[nodiscard]] ModelState of_one_realisation(const ModelState& model, int realisation);

/// Label of the realisation that predictions are conditioned on; empty where there is one.
[[nodiscard]] std::string realisation_label(const FittedModel& model);

/// The same model, predictions conditioned on the realisation with this label (empty: the last).
/// @throws Error(bad_input) for a label that there is not
[[nodiscard]] std::shared_ptr<const FittedModel> conditioned_on(const FittedModel& model,
                                                                const std::string& label);

}  // namespace anamorph
