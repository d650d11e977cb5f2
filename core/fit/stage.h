// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

struct StageOptions {
    std::string name;
    double expected_evaluations = 60.0;
    int max_iterations = 0;            ///< 0: as in FitOptions
    double relative_tolerance = 0.0;   ///< 0: as in FitOptions
    bool allow_held_out = false;       ///< honour FitOptions::held_out_fraction
    /// Vecchia: choose the conditioning sets anew in deformed space after a first short fit, and keep
    /// them from then on.
    bool refresh_neighbours = false;
    bool from_subset = false;  ///< the model comes from a fit of a subset: no need to begin with one
};

/// Minimises the objective of a model from where it stands; the model then holds the estimates
/// (parameters, σ̂², β̂, loss, leave-one-out residuals, alignment). Watches for collapse:
/// steps to where log|det J| varies by more than 10 over the sites are shortened; where that is all
/// the search finds it stops at the last sound iterate and warns. Very many sites are fitted coarse to fine (coarse_to_fine.h). With held-out sites: fits the others first, keeps the iterate with the best held-out
/// score, and refits on all (Adam: from the start for as many iterations; L-BFGS: from it).
/// @throws Error(cancelled | not_finite)
void fit_stage(TrainingRun& run, ModelState& model, const StageOptions& stage);

/// Evaluates a model where it stands and fills in what `fit_stage` fills in.
/// @throws Error(cancelled | not_finite)
void evaluate_stage(TrainingRun& run, ModelState& model);

}  // namespace anamorph
