// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/spatial_dataset.h"
#include "core/data/splits.h"
#include "core/fit/options.h"
#include "core/fit/specification.h"
#include "core/predict/kriging.h"
#include "core/validate/scores.h"

namespace anamorph {

/// A named way of fitting that is compared: "auto", "stationary", "velocity-field+log-scale", …
struct ModelChoice {
    std::string name;
    bool automatic = false;
    ModelSpecification specification;
};
/// "auto", or the name of a deformation, with "+log-scale" appended where wanted.
/// `base` gives trend, smoothness and the rest. @throws Error(bad_input)
[[nodiscard]] ModelChoice model_choice_from_name(const std::string& name,
                                                 const ModelSpecification& base);

/// What a model scored over all folds.
struct ModelScores {
    std::string name;
    Scores scores;                         ///< over all held-out values
    SiteScores site_scores;                ///< in the order of the folds
    std::vector<std::string> chosen;       ///< for "auto": class chosen in each fold
    ScoreDifference log_score_difference;  ///< against the first model, with its standard error
    ScoreDifference crps_difference;
    ScoreDifference squared_error_difference;
    double rmse_difference = 0.0;          ///< against the first model
    double rmse_difference_se = 0.0;       ///< delta method on the paired squared errors
    double seconds = 0.0;
    std::string failure;                   ///< a sentence, if the model could not be fitted
};

struct ValidationResult {
    Folds folds;
    std::vector<ModelScores> models;
    std::string verdict;  ///< in words: what wins, by how much, whether beyond two standard errors
};

/// Fits every model on the complement of each fold and scores observations in it.
/// @throws Error(bad_input | cancelled). A model that fails gets its `failure` filled.
[[nodiscard]] ValidationResult validate(const SpatialDataset& dataset,
                                        const std::vector<ModelChoice>& models, const Folds& folds,
                                        const FitOptions& fit_options,
                                        const PredictOptions& predict_options,
                                        const ProgressObserver& progress = {},
                                        std::stop_token stop = {});

}  // namespace anamorph
