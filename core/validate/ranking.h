// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/data/splits.h"
#include "core/fit/fit.h"
#include "core/validate/scores.h"

namespace anamorph {

/// How one model's scores differ from another's: negative means better. Standard errors are paired
/// over sites, or clustered by fold where folds hold whole blocks or groups.
struct ModelDifference {
    ScoreDifference log_score;      ///< nats a site
    ScoreDifference crps;           ///< value unit
    ScoreDifference squared_error;  ///< value unit squared
    double rmse = 0.0;              ///< value unit
    double rmse_standard_error = 0.0;  ///< delta method on the paired squared errors
};

/// What a model scored over all folds.
struct ModelScores {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    std::string name;   ///< as it was asked for
    std::string label;  ///< for people
    Scores scores;                    ///< over all held-out values
    SiteScores site_scores;           ///< in the order of the folds
    std::vector<std::string> chosen;  ///< for "auto": class chosen in each fold
    double seconds = 0.0;             ///< all its fits together

    /// Of the fit on all sites (with a single fold: on those outside it). NaN: not computed.
    double log_likelihood = unknown;        ///< nats
    double criterion = unknown;             ///< minus the Laplace log-evidence, up to a constant
    double effective_parameters = unknown;
    /// That fit; null where it failed or was not asked for.
    std::shared_ptr<const FitResult> fit;

    // Filled by rank_models:
    int rank = 0;                 ///< by log score, 1 is best; 0: failed
    bool ties_with_best = false;  ///< not worse than the best by more than two standard errors
    ModelDifference from_reference;  ///< against stationary, or the first model where there is none
    ModelDifference from_best;
    double evidence_gain = unknown;  ///< log evidence minus the reference's, nats; NaN: unknown

    std::string failure;  ///< a sentence, if the model could not be fitted or scored
    ErrorCode failure_code = ErrorCode::bad_input;  ///< its kind
};

struct ValidationResult {
    Folds folds;
    std::vector<ModelScores> models;  ///< in the order in which they were asked for
    std::size_t planned = 0;          ///< models that were asked for; more than `models` while it runs
    bool interrupted = false;         ///< cancelled: the models that were done are here
    bool several_realisations = false;
    /// Several realisations: most held-out values are of sites whose other values stay in the fit.
    bool held_out_sites_remain = false;
    /// What the models have in common (comparison_settings); empty: not known.
    std::string settings;
    std::string reference;            ///< name of the model that differences are against
    std::string verdict;  ///< in words: what wins, by how much, what cannot be told apart

    /// Places in `models`, best first, failures last.
    [[nodiscard]] std::vector<std::size_t> by_rank() const;
    /// Place of the best model; models.size() if none could be scored.
    [[nodiscard]] std::size_t best() const;
};

/// Fills ranks, differences, evidence gains and the verdict from the scores of the models so far.
void rank_models(ValidationResult& result);

/// The table of a comparison as CSV, one model a line in the order of its ranks, numbers with 10
/// digits, empty where they are unknown.
[[nodiscard]] std::string comparison_csv(const ValidationResult& result);

}  // namespace anamorph
