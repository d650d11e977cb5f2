// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/cross_validation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/fit/fit.h"

namespace anamorph {
namespace {

constexpr const char* kLogScaleSuffix = "+log-scale";

using Clock = std::chrono::steady_clock;

/// The rows that are not in `test` (ascending).
std::vector<Index> complement(const std::vector<Index>& test, Index n) {
    std::vector<Index> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), Index{0});
    std::vector<Index> rest;
    std::set_difference(all.begin(), all.end(), test.begin(), test.end(), std::back_inserter(rest));
    return rest;
}

void check(const SpatialDataset& dataset, const std::vector<ModelChoice>& models,
           const Folds& folds) {
    if (models.empty()) {
        throw Error(ErrorCode::bad_input, "There is no model to validate.",
                    "Name at least one, for example stationary and auto.");
    }
    if (folds.test_rows.empty()) {
        throw Error(ErrorCode::bad_input, "There are no folds to validate on.");
    }
    for (const auto& rows : folds.test_rows) {
        if (rows.empty() || rows.front() < 0 || rows.back() >= dataset.size() ||
            std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) != rows.end()) {
            throw Error(ErrorCode::bad_input,
                        "The rows of a fold must be ascending row numbers of the data, at least "
                        "one in each.");
        }
    }
}

/// Held-out values and their predictions, fold after fold.
struct HeldOut {
    Vector truth, mean, variance;
    Index filled = 0;
    explicit HeldOut(Index m) : truth(m), mean(m), variance(m) {}
    void add(const Vector& values, const Prediction& prediction) {
        truth.segment(filled, values.size()) = values;
        mean.segment(filled, values.size()) = prediction.mean;
        variance.segment(filled, values.size()) = prediction.variance;
        filled += values.size();
    }
};

/// Position of one fit among all of them, told to the observer of the whole.
class FoldProgress {
public:
    FoldProgress(const ProgressObserver& observer, std::size_t fits)
        : observer_(observer), fits_(static_cast<double>(fits)), started_(Clock::now()) {}
    void at(double fits_done, const std::string& message) const {
        if (!observer_) return;
        const double fraction = std::clamp(fits_done / fits_, 0.0, 1.0);
        const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
        observer_({fraction, fraction > 0.02 ? seconds * (1.0 - fraction) / fraction : -1.0, message});
    }

private:
    const ProgressObserver& observer_;
    double fits_;
    Clock::time_point started_;
};

/// What every fold of every model shares.
struct Plan {
    const SpatialDataset& dataset;
    const Folds& folds;
    const FitOptions& fit_options;
    PredictOptions predict_options;
    const FoldProgress& progress;
    std::stop_token stop;
};

/// Fits `model` without fold `k` and adds the predictions of its observations.
void score_fold(const Plan& plan, const ModelChoice& model, std::size_t k, double fits_done,
                HeldOut& held_out, std::vector<std::string>& chosen) {
    const auto& test_rows = plan.folds.test_rows[k];
    const auto training = std::make_shared<const SpatialDataset>(
        plan.dataset.subset(complement(test_rows, plan.dataset.size())));
    const SpatialDataset test = plan.dataset.subset(test_rows);
    const std::string message = model.name + ", fold " + std::to_string(k + 1) + " of " +
                                std::to_string(plan.folds.test_rows.size());
    const FitObserver observer = [&](const IterationSummary& summary) {
        plan.progress.at(fits_done + std::clamp(summary.fraction, 0.0, 1.0), message);
        return FitDecision::proceed;
    };
    plan.progress.at(fits_done, message);
    const FitResult result =
        model.automatic
            ? fit_automatic(training, model.specification, plan.fit_options, observer, plan.stop)
            : fit(training, model.specification, plan.fit_options, observer, plan.stop);
    chosen.push_back(result.model().label());
    held_out.add(test.values,
                 predict_at(result.model(), test.coordinates, test.covariates,
                            plan.predict_options, {}, plan.stop));
}

ModelScores score_model(const Plan& plan, const ModelChoice& model, double fits_done) {
    ModelScores result;
    result.name = model.name;
    Index count = 0;
    for (const auto& rows : plan.folds.test_rows) count += static_cast<Index>(rows.size());
    HeldOut held_out(count);
    const auto started = Clock::now();
    try {
        for (std::size_t k = 0; k < plan.folds.test_rows.size(); ++k) {
            throw_if_cancelled(plan.stop);
            score_fold(plan, model, k, fits_done + static_cast<double>(k), held_out, result.chosen);
        }
        result.scores = scores(held_out.truth, held_out.mean, held_out.variance);
        result.site_scores = site_scores(held_out.truth, held_out.mean, held_out.variance);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw;
        result.failure = error.full_text();
    }
    if (!model.automatic) result.chosen.clear();
    result.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return result;
}

/// Difference of the root mean squares and its standard error by the delta method: the influence
/// of site i on √(mean e²) is (eᵢ² − mean e²)/(2 √(mean e²)).
void compare_rmse(ModelScores& model, const ModelScores& reference) {
    model.rmse_difference = model.scores.rmse - reference.scores.rmse;
    if (model.scores.rmse <= 0.0 || reference.scores.rmse <= 0.0) return;
    model.rmse_difference_se =
        paired_difference(model.site_scores.squared_error / (2.0 * model.scores.rmse),
                          reference.site_scores.squared_error / (2.0 * reference.scores.rmse))
            .standard_error;
}

void compare(ModelScores& model, const ModelScores& reference) {
    if (!model.failure.empty() || !reference.failure.empty()) {
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        model.log_score_difference = {unknown, unknown};
        model.crps_difference = {unknown, unknown};
        model.squared_error_difference = {unknown, unknown};
        model.rmse_difference = model.rmse_difference_se = unknown;
        return;
    }
    const SiteScores& a = model.site_scores;
    const SiteScores& b = reference.site_scores;
    model.log_score_difference = paired_difference(a.log_score, b.log_score);
    model.crps_difference = paired_difference(a.crps, b.crps);
    model.squared_error_difference = paired_difference(a.squared_error, b.squared_error);
    compare_rmse(model, reference);
}

std::string number(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

/// Names the best log score, how far it is from the first model and whether that is beyond two
/// standard errors.
std::string verdict_of(const std::vector<ModelScores>& models, const Folds& folds) {
    const ModelScores* best = nullptr;
    std::string failures;
    for (const auto& model : models) {
        if (!model.failure.empty()) {
            failures += " " + model.name + " could not be fitted: " + model.failure;
        } else if (!best || model.scores.log_score < best->scores.log_score) {
            best = &model;
        }
    }
    if (!best) return "No model could be fitted." + failures;
    const ModelScores& first = models.front();
    const std::string on = " over " + std::to_string(best->scores.count) + " held-out values (" +
                           folds.description + ").";
    if (models.size() == 1) {
        return best->name + " has a log score of " + number(best->scores.log_score, 3) +
               " nats a site" + on;
    }
    if (!first.failure.empty()) {
        return best->name + " has the best log score, " + number(best->scores.log_score, 3) + "," +
               on + failures;
    }
    if (best == &first) {
        return first.name + " has the best log score; no other model improves on it" + on + failures;
    }
    const ScoreDifference& gain = best->log_score_difference;
    const bool clear = -gain.mean > 2.0 * gain.standard_error;
    const bool sharper = -best->rmse_difference > 2.0 * best->rmse_difference_se;
    std::string text = best->name + " predicts best: its log score is " + number(-gain.mean, 3) +
                       " ± " + number(gain.standard_error, 3) + " nats a site better than " +
                       first.name + "'s" + on;
    text += clear ? " That is beyond two standard errors."
                  : " That is within two standard errors, so it may be chance.";
    text += sharper ? " Its root mean square error is smaller by " +
                          number(-100.0 * best->rmse_difference / first.scores.rmse, 1) + " %."
                    : " The root mean square error does not improve beyond noise: what changes is "
                      "how the uncertainty is spread.";
    return text + failures;
}

}  // namespace

ModelChoice model_choice_from_name(const std::string& name, const ModelSpecification& base) {
    ModelChoice choice;
    choice.name = name;
    choice.specification = base;
    std::string deformation = name;
    const std::string suffix = kLogScaleSuffix;
    const bool with_log_scale = deformation.size() > suffix.size() && deformation.ends_with(suffix);
    if (with_log_scale) deformation.resize(deformation.size() - suffix.size());
    if (deformation == "auto") {
        choice.automatic = true;
        if (with_log_scale) choice.specification.log_scale = LogScale::yes;
        return choice;
    }
    choice.specification.deformation = deformation_from_string(deformation);
    if (with_log_scale) {
        choice.specification.log_scale = LogScale::yes;
    } else if (base.log_scale == LogScale::automatic) {
        choice.specification.log_scale = LogScale::no;
    }
    return choice;
}

ValidationResult validate(const SpatialDataset& dataset, const std::vector<ModelChoice>& models,
                          const Folds& folds, const FitOptions& fit_options,
                          const PredictOptions& predict_options, const ProgressObserver& progress,
                          std::stop_token stop) {
    check(dataset, models, folds);
    const FoldProgress fold_progress(progress, models.size() * folds.test_rows.size());
    Plan plan{dataset, folds, fit_options, predict_options, fold_progress, stop};
    plan.predict_options.target = PredictionTarget::observation;

    ValidationResult result;
    result.folds = folds;
    for (std::size_t k = 0; k < models.size(); ++k) {
        result.models.push_back(
            score_model(plan, models[k], static_cast<double>(k * folds.test_rows.size())));
    }
    for (auto& model : result.models) compare(model, result.models.front());
    result.verdict = verdict_of(result.models, folds);
    fold_progress.at(static_cast<double>(models.size() * folds.test_rows.size()), "done");
    return result;
}

}  // namespace anamorph
