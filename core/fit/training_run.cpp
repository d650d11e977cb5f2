// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/training_run.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/fit/fit.h"
#include "core/fit/model_realisations.h"

namespace anamorph {

std::string to_string(Termination termination) {
    switch (termination) {
        case Termination::converged: return "converged";
        case Termination::iteration_limit: return "iteration limit reached";
        case Termination::stopped_by_user: return "stopped by the user, best iterate kept";
        case Termination::no_progress: return "no further progress possible";
        case Termination::failed_kept_best: return "failed, best iterate kept";
    }
    return {};
}

TrainingRun::TrainingRun(const FitOptions& options, FitObserver observer, std::stop_token stop)
    : options_(options),
      observer_(std::move(observer)),
      stop_(std::move(stop)),
      started_(std::chrono::steady_clock::now()) {}

void TrainingRun::plan(int stages, double evaluations) {
    stages_planned_ += stages;
    planned_ += evaluations;
}

void TrainingRun::begin_stage(const std::string& name, double expected_evaluations) {
    ++stage_;
    stages_planned_ = std::max(stages_planned_, stage_ + 1);
    stage_expected_ = expected_evaluations;
    stage_done_ = 0.0;
    history_.stages.push_back(name);
    last_.stage = name;
    last_.iteration = 0;
}

void TrainingRun::end_stage() {
    finished_ += stage_expected_;
    stage_expected_ = stage_done_ = 0.0;
}

void TrainingRun::count_evaluation() {
    throw_if_cancelled(stop_);
    stage_done_ += 1.0;
}

double TrainingRun::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void TrainingRun::fill(IterationSummary& s) const {
    s.stage_index = stage_;
    s.stage_count = stages_planned_;
    s.total_iteration = total_iterations_;
    s.seconds = seconds();
    const double done = finished_ + std::min(stage_done_, 0.98 * stage_expected_);
    const double fraction = planned_ > 0.0 ? done / std::max(planned_, done) : -1.0;
    fraction_ = std::max(fraction_, fraction);  // plans may grow: never goes back
    s.fraction = fraction_;
    s.seconds_left = fraction_ > 0.03 ? s.seconds * (1.0 - fraction_) / fraction_ : -1.0;
}

FitDecision TrainingRun::ask(IterationSummary& s) {
    if (!observer_) return FitDecision::proceed;
    s.warnings.assign(warnings_.begin() + static_cast<std::ptrdiff_t>(warnings_reported_),
                      warnings_.end());
    warnings_reported_ = warnings_.size();
    last_report_ = s.seconds;
    const FitDecision decision = observer_(s);
    throw_if_cancelled(stop_);
    if (decision == FitDecision::stop_keep_best) stopped_ = true;
    return decision;
}

std::shared_ptr<ModelState> TrainingRun::state_at(const Objective& objective,
                                                  const Vector& theta) const {
    auto state = std::make_shared<ModelState>(objective.model());
    objective.put(theta, *state);
    state->loss = last_.loss;
    state->partial_sill = objective.profiled().partial_sill;
    state->trend_coefficients = objective.profiled().trend_coefficients;
    // Batches of terms work at a given β: the model keeps the one it has.
    if (state->trend_coefficients.size() != all_trend_coefficients(objective.model()))
        state->trend_coefficients = objective.model().trend_coefficients;
    state->align();
    return state;
}

void TrainingRun::keep(const ModelState& model) {
    auto fitted = std::make_shared<const FittedModel>(std::make_shared<const ModelState>(model));
    for (auto& other : kept_)
        if (other->label() == fitted->label()) {
            other = std::move(fitted);
            return;
        }
    kept_.push_back(std::move(fitted));
}

void TrainingRun::keep_smoothness(std::vector<std::pair<double, double>> objectives, bool chosen) {
    smoothness_objectives_ = std::move(objectives);
    smoothness_chosen_ = chosen;
}

void TrainingRun::checkpoint_if_due(const Objective& objective, const Vector& theta) {
    if (!options_.checkpoint || seconds() - last_checkpoint_ < options_.checkpoint_seconds) return;
    FitResult partial;
    for (const auto& model : kept_)
        partial.candidates.push_back({model, model->criterion(), 0.0, false, "done"});
    const auto current = std::make_shared<const FittedModel>(state_at(objective, theta));
    const bool known = std::any_of(kept_.begin(), kept_.end(), [&](const auto& model) {
        return model->label() == current->label();
    });
    if (!known) partial.candidates.push_back({current, current->criterion(), 0.0, true, "unfinished"});
    partial.chosen = partial.candidates.size() - 1;
    partial.candidates.back().chosen = true;
    partial.automatic = !kept_.empty();
    partial.interrupted = partial.stopped_early = true;
    partial.smoothness_objectives = smoothness_objectives_;
    partial.smoothness_chosen = smoothness_chosen_;
    partial.verdict_title = "Interrupted: the fit was not finished.";
    partial.verdict = "What was reached is here; the fit can go on from it.";
    partial.history = history_;
    partial.warnings = warnings_;
    partial.seconds = seconds();
    partial.iterations = total_iterations_;
    options_.checkpoint(partial);
    last_checkpoint_ = seconds();
}

FitDecision TrainingRun::report(const Objective& objective, int iteration, const Vector& theta,
                                const Vector& gradient) {
    if (iteration > 0) ++total_iterations_;
    last_.iteration = iteration;
    last_.loss = objective.parts();
    last_.loss.held_out = objective.held_out_score();
    last_.gradient_norm = gradient.norm();
    fill(last_);
    history_.rows.push_back({stage_, iteration, last_.seconds, last_.loss, last_.gradient_norm});
    checkpoint_if_due(objective, theta);
    IterationSummary summary = last_;
    const bool due = options_.snapshots_per_second > 0.0 &&
                     last_.seconds - last_snapshot_ >= 1.0 / options_.snapshots_per_second;
    if (observer_ && due) {
        const auto state = state_at(objective, theta);
        summary.snapshot = std::make_shared<const FittedModel>(state);
        last_snapshot_ = last_.seconds;
    }
    return ask(summary);
}

FitDecision TrainingRun::report_work(const std::string& what) {
    throw_if_cancelled(stop_);
    if (seconds() - last_report_ < 0.05) return FitDecision::proceed;
    IterationSummary summary = last_;
    summary.stage = what;
    fill(summary);
    return ask(summary);
}

void TrainingRun::warn(const std::string& sentence) {
    if (std::find(warnings_.begin(), warnings_.end(), sentence) == warnings_.end())
        warnings_.push_back(sentence);
}

}  // namespace anamorph
