// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/data/spatial_dataset.h"
#include "core/data/splits.h"
#include "core/fit/options.h"
#include "core/predict/kriging.h"
#include "core/validate/model_choice.h"
#include "core/validate/ranking.h"

namespace anamorph {

/// How each model of a comparison is fitted and predicts; observations are scored, whatever
/// `predict` asks for.
struct ValidationOptions {
    FitOptions fit;
    PredictOptions predict;
    /// Fit each model to all sites as well: for its evidence, and to be looked at. With a single fold
    /// (a test set) the fit outside it serves.
    bool fit_all = true;
};

/// Who watches a comparison. Both are called on the thread that does the work.
struct ValidationObserver {
    ProgressObserver progress;  ///< of the whole queue, with the model at work in its message
    /// All models so far, ranked, each time that one is done.
    std::function<void(const ValidationResult&)> model_done;
};

/// The queue: fits every model to all sites and on the complement of each fold, the same folds for
/// all, and scores the observations in them.
///
/// A model that fails gets its `failure` filled and the next one follows. When `stop` is requested
/// the models that are done are returned as `interrupted`; @throws Error(cancelled) where none is,
/// Error(bad_input) for no models or folds that are none.
[[nodiscard]] ValidationResult validate(std::shared_ptr<const SpatialDataset> dataset,
                                        const std::vector<ModelChoice>& models, const Folds& folds,
                                        const ValidationOptions& options,
                                        const ValidationObserver& observer = {},
                                        std::stop_token stop = {});

}  // namespace anamorph
