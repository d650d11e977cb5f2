// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/fit/fitted_model.h"
#include "core/fit/objective.h"
#include "core/fit/observer.h"
#include "core/fit/options.h"

namespace anamorph {

/// One run of a fit as its observer sees it: stages, iterations, history, time left, warnings, and
/// what the user asked (stop keeps the best so far, cancel throws).
class TrainingRun {
public:
    TrainingRun(const FitOptions& options, FitObserver observer, std::stop_token stop);

    /// Announces stages to come and how many evaluations of an objective they are expected to take.
    void plan(int stages, double evaluations);
    void begin_stage(const std::string& name, double expected_evaluations);
    void end_stage();

    /// To be called for each evaluation. @throws Error(cancelled)
    void count_evaluation();
    /// Records an iterate and asks the observer.
    FitDecision report(const Objective& objective, int iteration, const Vector& theta,
                       const Vector& gradient);
    /// A sign of life from work without iterates (curvature).
    FitDecision report_work(const std::string& what);

    /// A class (or a better resolution of it) that is done, for checkpoints.
    void keep(const ModelState& model);
    /// The smoothness tried so far, for checkpoints; `chosen` once it is settled.
    void keep_smoothness(std::vector<std::pair<double, double>> objectives, bool chosen);

    void warn(const std::string& sentence);
    [[nodiscard]] bool stopped() const { return stopped_; }
    [[nodiscard]] bool cancel_requested() const { return stop_.stop_requested(); }
    [[nodiscard]] const FitOptions& options() const { return options_; }
    [[nodiscard]] const TrainingHistory& history() const { return history_; }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
    [[nodiscard]] double seconds() const;
    [[nodiscard]] int total_iterations() const { return total_iterations_; }

private:
    void fill(IterationSummary& summary) const;
    FitDecision ask(IterationSummary& summary);
    [[nodiscard]] std::shared_ptr<ModelState> state_at(const Objective& objective,
                                                       const Vector& theta) const;
    void checkpoint_if_due(const Objective& objective, const Vector& theta);

    FitOptions options_;
    FitObserver observer_;
    std::stop_token stop_;
    std::chrono::steady_clock::time_point started_;
    double planned_ = 0.0, finished_ = 0.0, stage_expected_ = 0.0, stage_done_ = 0.0;
    mutable double fraction_ = 0.0;
    int stages_planned_ = 0, stage_ = -1;
    int total_iterations_ = 0;
    double last_snapshot_ = -1.0, last_report_ = -1.0;
    bool stopped_ = false;
    IterationSummary last_;
    TrainingHistory history_;
    std::vector<std::string> warnings_;
    std::size_t warnings_reported_ = 0;
    std::vector<std::shared_ptr<const FittedModel>> kept_;
    std::vector<std::pair<double, double>> smoothness_objectives_;
    bool smoothness_chosen_ = true;
    double last_checkpoint_ = 0.0;
};

}  // namespace anamorph
