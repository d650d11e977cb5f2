// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

class FittedModel;

/// The objective −log p(Z|X) − δ log p(X) + regulariser, and its parts, at one iterate.
struct LossParts {
    double total = 0.0;
    double data = 0.0;         ///< −log p(Z | X, f), nats
    double design = 0.0;       ///< −log p(X), nats, always computed; enters `total` times δ
    double regulariser = 0.0;  ///< penalties and priors
    /// Mean negative log predictive density of held-out sites (leave-one-out where none are held
    /// out), nats a site; NaN where it was not computed at this iterate.
    double held_out = std::numeric_limits<double>::quiet_NaN();
};

/// What the observer sees at each iteration; a plain value.
struct IterationSummary {
    std::string stage;            ///< "stationary, ν = 1.5", "velocity field + log-scale", "curvature of …"
    int stage_index = 0;          ///< 0-based
    int stage_count = 1;
    int iteration = 0;            ///< within the stage
    int total_iteration = 0;      ///< since the fit began
    LossParts loss;
    double gradient_norm = 0.0;
    double seconds = 0.0;         ///< since the fit began
    double seconds_left = -1.0;   ///< of the whole fit; negative while unknown
    double fraction = -1.0;       ///< of the whole fit; negative while unknown
    std::vector<std::string> warnings;  ///< that arose since the last summary
    /// Now and then (FitOptions::snapshots_per_second): the current iterate, ready to draw
    /// (deformed_from_geographic, log_abs_det_jacobian, parameters). Null otherwise.
    std::shared_ptr<const FittedModel> snapshot;
};

enum class FitDecision { proceed, stop_keep_best };

/// Called on the fitting thread. May block (that is how a pause works).
using FitObserver = std::function<FitDecision(const IterationSummary&)>;

/// One row of the training history that a project keeps.
struct HistoryRow {
    int stage_index = 0;
    int iteration = 0;
    double seconds = 0.0;
    LossParts loss;
    double gradient_norm = 0.0;
};

struct TrainingHistory {
    std::vector<std::string> stages;
    std::vector<HistoryRow> rows;
};

enum class Termination { converged, iteration_limit, stopped_by_user, no_progress, failed_kept_best };
[[nodiscard]] std::string to_string(Termination termination);

}  // namespace anamorph
