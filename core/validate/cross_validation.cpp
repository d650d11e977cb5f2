// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/cross_validation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <numeric>

#include "core/base/error.h"
#include "core/fit/classes.h"
#include "core/fit/fit.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/fit/student_noise.h"
#include "core/likelihood/shared_places.h"
#include "core/predict/predictor.h"
#include "core/validate/queue_clock.h"

namespace anamorph {
namespace {

using Clock = std::chrono::steady_clock;

/// The rows that are not in `test` (ascending).
std::vector<Index> complement(const std::vector<Index>& test, Index n) {
    std::vector<Index> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), Index{0});
    std::vector<Index> rest;
    std::set_difference(all.begin(), all.end(), test.begin(), test.end(), std::back_inserter(rest));
    return rest;
}

/// Whether most held-out values are of sites that other realisations leave in the fit.
bool most_sites_remain(const SpatialDataset& dataset, const Folds& folds) {
    if (!dataset.has_realisations()) return false;
    const std::vector<Index> site = places_of(dataset.coordinates).of_site;
    Index remaining = 0, held_out = 0;
    for (const auto& test : folds.test_rows) {
        std::vector<char> fitted(site.size(), 0);
        for (const Index row : complement(test, dataset.size()))
            fitted[static_cast<std::size_t>(site[static_cast<std::size_t>(row)])] = 1;
        for (const Index row : test)
            remaining += fitted[static_cast<std::size_t>(site[static_cast<std::size_t>(row)])];
        held_out += static_cast<Index>(test.size());
    }
    return 2 * remaining > held_out;
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

/// How long one fit lasts beside that of other models: its evaluations, and as many for the
/// curvature as it has parameters. 1 where that is not known.
double relative_cost(const std::shared_ptr<const SpatialDataset>& dataset, const ModelChoice& choice, bool posterior) {
    try {
        ModelSpecification s = with_resolved_likelihood(choice.specification, *dataset);
        const double smoothnesses =
            s.smoothness == Smoothness::automatic && s.correlation == CorrelationFamily::matern ? 3.0 : 0.0;
        if (s.smoothness == Smoothness::automatic) s.smoothness = Smoothness::three_halves;
        if (choice.automatic) set_model(s, "velocity-field");
        if (s.log_scale == LogScale::automatic) s.log_scale = choice.automatic ? LogScale::yes : LogScale::no;
        const ModelState model = make_model(dataset, s, 1);
        const auto parameters = static_cast<double>(model.parameter_count());
        const double evaluations = 30.0 + expected_evaluations(s);
        const double classes = choice.automatic ? 2.5 : 1.0;
        return classes * evaluations * (1.0 + 0.8 * smoothnesses) +
               (posterior ? classes * std::min(parameters, 2000.0) : 0.0);
    } catch (const Error&) {
        return 1.0;
    }
}

/// The folds of one comparison, walked by one model after the other.
class Queue {
public:
    Queue(std::shared_ptr<const SpatialDataset> dataset, const std::vector<ModelChoice>& models, const Folds& folds,
          const ValidationOptions& options, const ValidationObserver& observer, std::stop_token stop)
        : dataset_(std::move(dataset)), models_(models), folds_(folds), options_(options), observer_(observer),
          stop_(std::move(stop)), clock_(costs(), fits_per_model()) {
        options_.predict.target = PredictionTarget::observation;
        options_.fit.checkpoint = {};
        options_.fit.resume_from.reset();
    }

    ValidationResult run() {
        ValidationResult result;
        result.folds = folds_;
        result.several_realisations = dataset_->has_realisations();
        result.held_out_sites_remain = most_sites_remain(*dataset_, folds_);
        result.planned = models_.size();
        try {
            for (std::size_t k = 0; k < models_.size(); ++k) {
                throw_if_cancelled(stop_);
                result.models.push_back(score_model(k));
                clock_.end_model();
                rank_models(result);
                if (observer_.model_done) observer_.model_done(result);
            }
        } catch (const Error& error) {
            if (error.code() != ErrorCode::cancelled || result.models.empty()) throw;
            result.interrupted = true;
            rank_models(result);
            return result;
        }
        tell(1.0, "done");
        return result;
    }

private:
    [[nodiscard]] bool fits_all() const { return options_.fit_all && folds_.test_rows.size() > 1; }
    [[nodiscard]] int fits_per_model() const {
        return static_cast<int>(folds_.test_rows.size()) + (fits_all() ? 1 : 0);
    }
    [[nodiscard]] std::vector<double> costs() const {
        std::vector<double> result;
        for (const auto& model : models_)
            result.push_back(relative_cost(dataset_, model, options_.fit.posterior));
        return result;
    }
    void tell(double fraction, const std::string& message) {
        if (observer_.progress) observer_.progress(clock_.at(fraction, message));
    }

    /// One fit of model k, timed and told about.
    FitResult fit_model(std::size_t k, const std::shared_ptr<const SpatialDataset>& training,
                        const std::string& what) {
        throw_if_cancelled(stop_);
        const ModelChoice& model = models_[k];
        std::string message = model.name;
        if (models_.size() > 1)
            message += " (" + std::to_string(k + 1) + " of " + std::to_string(models_.size()) + ")";
        message += ", " + what;
        clock_.begin_fit(k);
        tell(0.0, message);
        const FitObserver watch = [&](const IterationSummary& summary) {
            tell(summary.fraction, message);
            return FitDecision::proceed;
        };
        FitResult result =
            model.automatic ? fit_automatic(training, model.specification, options_.fit, watch, stop_)
                            : fit(training, model.specification, options_.fit, watch, stop_);
        clock_.end_fit();
        return result;
    }

    /// Scores of a model's predictions at held-out sites: in the scale in which the model is Gaussian, or Gaussian with Student
    /// noise, its moments over the posterior matched.
    [[nodiscard]] SiteScores scored(const FittedModel& model, const SpatialDataset& test) {
        PredictOptions own = options_.predict;
        own.realisations = test.realisations;
        if (!model.state().transform && !has_student_noise(model.specification())) {
            const Prediction p = predict_at(model, test.coordinates, test.covariates, own, {}, stop_);
            return site_scores(test.values, p.mean, p.variance);
        }
        Predictor predictor(model, own);
        return site_scores(test.values,
                           predictor.distribution(test.coordinates, test.covariates, {}, stop_).matched());
    }

    /// The rows to train on: of realisations that the fold leaves enough for a trend of their own.
    /// @throws Error(bad_input) where a held-out value is of another one
    [[nodiscard]] std::vector<Index> usable_rows(const ModelSpecification& s, std::vector<Index> rows,
                                                 const std::vector<Index>& test_rows, std::size_t f) const {
        if (!dataset_->has_realisations()) return rows;
        const auto labels = dataset_->realisation_labels();
        const auto place = dataset_->realisation_indices();
        const auto of = [&](Index row) { return static_cast<std::size_t>(place[static_cast<std::size_t>(row)]); };
        const int q = trend_columns(s, dataset_->dimension(), dataset_->covariates.cols());
        std::vector<int> kept(labels.size(), 0);
        for (const Index row : rows) ++kept[of(row)];
        for (const Index row : test_rows)
            if (kept[of(row)] <= q)
                throw Error(ErrorCode::bad_input,
                            "The realisation \"" + labels[of(row)] + "\" has too few values outside fold " +
                                std::to_string(f + 1) + " to be predicted there.",
                            "Hold out values instead of sites, take more folds, or leave realisations with "
                            "few values out.");
        std::erase_if(rows, [&](Index row) { return kept[of(row)] <= q; });
        return rows;
    }

    /// Fits without fold `f` and scores the predictions of its observations.
    FitResult score_fold(std::size_t k, std::size_t f, std::vector<SiteScores>& held_out) {
        const auto& test_rows = folds_.test_rows[f];
        const auto training = std::make_shared<const SpatialDataset>(dataset_->subset(
            usable_rows(models_[k].specification, complement(test_rows, dataset_->size()), test_rows, f)));
        const SpatialDataset test = dataset_->subset(test_rows);
        FitResult result = fit_model(
            k, training,
            "fold " + std::to_string(f + 1) + " of " + std::to_string(folds_.test_rows.size()));
        held_out.push_back(scored(result.model(), test));
        return result;
    }

    void score_folds(std::size_t k, ModelScores& scores_of_model) {
        std::vector<SiteScores> held_out;
        for (std::size_t f = 0; f < folds_.test_rows.size(); ++f) {
            FitResult fitted = score_fold(k, f, held_out);
            if (models_[k].automatic) scores_of_model.chosen.push_back(fitted.model().label());
            if (folds_.test_rows.size() == 1) keep(std::move(fitted), scores_of_model);
        }
        scores_of_model.site_scores = joined(held_out);
        scores_of_model.scores = scores(scores_of_model.site_scores);
    }

    static void keep(FitResult fitted, ModelScores& model) {
        const FittedModel& chosen = fitted.model();
        model.log_likelihood = chosen.log_likelihood();
        model.criterion = chosen.criterion();
        if (chosen.has_posterior()) model.effective_parameters = chosen.effective_parameters();
        model.fit = std::make_shared<const FitResult>(std::move(fitted));
    }

    ModelScores score_model(std::size_t k) {
        ModelScores result;
        result.name = models_[k].name;
        result.label = label_of(models_[k]);
        const auto started = Clock::now();
        const auto fail = [&](const std::string& sentence, ErrorCode code) {
            result.failure = sentence;
            result.failure_code = code;
        };
        try {
            if (fits_all()) keep(fit_model(k, dataset_, "all sites"), result);
            score_folds(k, result);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled) throw;
            fail(error.full_text(), error.code());
        } catch (const std::bad_alloc&) {
            fail("There was not enough memory for it.", ErrorCode::out_of_memory);
        } catch (const std::exception& error) {
            fail(std::string("Something unexpected went wrong: ") + error.what() + ".",
                 ErrorCode::not_finite);
        }
        result.seconds = std::chrono::duration<double>(Clock::now() - started).count();
        return result;
    }

    std::shared_ptr<const SpatialDataset> dataset_;
    const std::vector<ModelChoice>& models_;
    const Folds& folds_;
    ValidationOptions options_;
    const ValidationObserver& observer_;
    std::stop_token stop_;
    QueueClock clock_;
};

}  // namespace

ValidationResult validate(std::shared_ptr<const SpatialDataset> dataset,
                          const std::vector<ModelChoice>& models, const Folds& folds,
                          const ValidationOptions& options, const ValidationObserver& observer,
                          std::stop_token stop) {
    if (!dataset) throw Error(ErrorCode::bad_input, "There are no data to validate on.");
    check(*dataset, models, folds);
    return Queue(std::move(dataset), models, folds, options, observer, std::move(stop)).run();
}

}  // namespace anamorph
