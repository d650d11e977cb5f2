// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/fit/fitted_model.h"
#include "core/fit/observer.h"
#include "core/fit/options.h"
#include "core/fit/specification.h"

namespace anamorph {

/// One class that the automatic model tried.
struct CandidateModel {
    std::shared_ptr<const FittedModel> model;
    double criterion = 0.0;  ///< smaller is better
    double weight = 0.0;     ///< posterior probability of the class, exp(−criterion) normalised
    bool chosen = false;
    std::string standing;    ///< "chosen", "not supported: 12.3 nats behind", …
};

/// The outcome of a fit: one model, or the classes of the automatic model.
struct FitResult {
    std::vector<CandidateModel> candidates;  ///< in the order tried; one for a single model
    std::size_t chosen = 0;
    bool automatic = false;
    /// Penalised objective of each smoothness tried (ν, objective); empty when ν was given.
    std::vector<std::pair<double, double>> smoothness_objectives;
    std::string verdict_title;  ///< "The deformation is worth it." …
    std::string verdict;        ///< two or three sentences: what was chosen, how sure, what it gains and what not
    bool doubtful = false;      ///< the title says so too: outliers, collapse, or no correlation
    std::vector<std::string> warnings;
    TrainingHistory history;    ///< of all stages
    double seconds = 0.0;
    int iterations = 0;
    bool stopped_early = false;  ///< the user pressed Stop: the best so far is here
    bool interrupted = false;    ///< a checkpoint: the fit was not finished
    bool smoothness_chosen = true;  ///< false in a checkpoint taken while it was being chosen

    [[nodiscard]] const FittedModel& model() const { return *candidates.at(chosen).model; }
    [[nodiscard]] std::shared_ptr<const FittedModel> model_pointer() const {
        return candidates.at(chosen).model;
    }
    [[nodiscard]] Archive to_archive() const;  ///< everything but the models and the data
    /// `models` in the order of `candidates`.
    static FitResult from_archive(const Archive& archive,
                                  std::vector<std::shared_ptr<const FittedModel>> models);
};

/// Fits one model (log-scale `automatic` counts as `no`; smoothness `automatic` tries 1/2, 3/2,
/// 5/2 and keeps the best penalised objective). Starts no thread but BLAS's and OpenMP's.
/// @throws Error(cancelled) when `stop` is requested; Error(bad_input) for unusable data or
/// specification; Error(not_positive_definite | not_finite) when no iterate could be evaluated.
[[nodiscard]] FitResult fit(std::shared_ptr<const SpatialDataset> dataset,
                            const ModelSpecification& specification, const FitOptions& options,
                            const FitObserver& observer = {}, std::stop_token stop = {});

/// The automatic model: stationary, anisotropic and velocity field, each without and with the
/// log-scale, and the smoothness; chosen by Laplace evidence (MacKay 1992). `specification` gives
/// trend, design term, smoothness (`automatic` or fixed) and log-scale (`automatic`: both).
/// Errors as `fit`.
[[nodiscard]] FitResult fit_automatic(std::shared_ptr<const SpatialDataset> dataset,
                                      const ModelSpecification& specification,
                                      const FitOptions& options, const FitObserver& observer = {},
                                      std::stop_token stop = {});

}  // namespace anamorph
