// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/fit/stage.h"

namespace anamorph {

/// Very many sites are fitted coarse to fine: first a well-spread subset (the beginning of the
/// maximin ordering), then all from where the subset's estimates stand.
inline constexpr Index coarse_from = 20'000;   ///< sites above which a subset is fitted first
inline constexpr Index batches_from = 150'000; ///< sites above which batches of terms refine

/// Whether this model's likelihood is a sum of so many terms that a subset is worth fitting first.
[[nodiscard]] bool wants_coarse_start(const ModelState& model);

/// The first `count` sites of the data's maximin ordering.
[[nodiscard]] std::shared_ptr<const std::vector<Index>> well_spread_rows(const ModelState& model,
                                                                         Index count);

/// Fits the model to a tenth of its sites (at least 5,000) and leaves it at the estimates.
/// @throws as fit_stage
void fit_coarse_subset(TrainingRun& run, ModelState& model, const StageOptions& stage);

/// Refines a model of very many sites by Adam on random batches of terms at fixed β and σ²
/// (an unbiased gradient; Kingma and Ba 2015, arXiv 1412.6980), with a falling learning rate and the
/// mean of the later iterates; the full objective is evaluated now and then and gives β and σ². The
/// model ends at the best of the points at which the full objective was evaluated.
/// @throws Error(cancelled)
void refine_by_batches(TrainingRun& run, ModelState& model);

}  // namespace anamorph
