// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/fit.h"

#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/heap_usage.h"
#include "core/base/random.h"
#include "core/fit/added_units.h"
#include "core/fit/classes.h"
#include "core/fit/coarse_to_fine.h"
#include "core/fit/forecast.h"
#include "core/fit/combinations.h"
#include "core/fit/laplace.h"
#include "core/fit/local_fields.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/stage.h"
#include "core/fit/student_noise.h"
#include "core/fit/verdict.h"
#include "core/fit/warnings.h"
#include "core/likelihood/choose_likelihood.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/spde_precision.h"

namespace anamorph {

namespace {

bool is_warp(DeformationKind kind) {
    return kind != DeformationKind::stationary && kind != DeformationKind::anisotropic;
}

/// The models that lead to the one asked for, each the start of the next, itself last.
std::vector<ModelSpecification> steps_towards(const ModelSpecification& asked, int dimension) {
    const bool turns = dimension > 1 && asked.deformation != DeformationKind::stationary &&
                       asked.deformation != DeformationKind::radial;
    ModelSpecification simple = asked;
    simple.deformation = DeformationKind::stationary;
    simple.layers.clear();
    simple.local = LocalCovariance::same;
    simple.structures = 1;
    simple.log_scale = LogScale::no;
    std::vector<ModelSpecification> steps = {simple};
    if (turns) {
        simple.deformation = DeformationKind::anisotropic;
        steps.push_back(simple);
    }
    if (asked.log_scale == LogScale::yes) {
        simple.log_scale = LogScale::yes;
        steps.push_back(simple);
    }
    const ModelSpecification& last = steps.back();
    if (model_name(last) != model_name(asked) || asked.structures > 1) steps.push_back(asked);
    return steps;
}

/// Fits a model by way of the simpler ones, which give its start.
ModelState fit_by_steps(TrainingRun& run, const std::shared_ptr<const SpatialDataset>& data,
                        const ModelSpecification& asked, std::uint64_t seed, bool final_fit) {
    std::optional<ModelState> previous;
    if (const auto& earlier = run.options().resume_from; earlier && final_fit)
        if (earlier->smoothness_chosen && !earlier->candidates.empty())
            previous.emplace(earlier->model().state());  // a simpler class that was reached
    std::shared_ptr<const std::vector<Index>> subset;  // of very many sites, for what is not final
    const auto step = [&](ModelSpecification s, bool last) {
        if (!is_warp(s.deformation)) s.design_weight = 0.0;
        ModelState model = make_model(data, s, seed);
        refuse_empty_regions(model);
        if (previous) start_from(model, *previous);
        StageOptions stage;
        stage.name = stage_name(s);
        stage.expected_evaluations = expected_evaluations(s);
        stage.allow_held_out = last && final_fit;
        if (!last) stage.max_iterations = 60, stage.relative_tolerance = 1e-7;
        if (!final_fit && last) stage.max_iterations = 60, stage.relative_tolerance = 1e-7;
        if (wants_coarse_start(model) && !(last && final_fit)) {
            if (!subset) subset = well_spread_rows(model, std::clamp<Index>(data->size() / 10, 5'000, coarse_from));
            model.rows = subset;
        }
        stage.refresh_neighbours = last && s.deformation != DeformationKind::stationary;
        fit_stage(run, model, stage);
        previous.emplace(std::move(model));
    };
    const auto steps = steps_towards(asked, data->dimension());
    for (std::size_t i = 0; i < steps.size() && (i == 0 || !run.stopped()); ++i)
        step(steps[i], i + 1 == steps.size());
    return std::move(*previous);
}

double expected_of_steps(const ModelSpecification& asked) {
    double total = 0.0;
    for (auto kind : {DeformationKind::stationary, DeformationKind::anisotropic}) {
        ModelSpecification simpler = asked;
        simpler.deformation = kind;
        total += expected_evaluations(simpler);
    }
    return total + expected_evaluations(asked);
}

ModelState best_of_starts(TrainingRun& run, const std::shared_ptr<const SpatialDataset>& data,
                          const ModelSpecification& asked) {
    const FitOptions& options = run.options();
    ModelState best = fit_by_steps(run, data, asked, options.seed, true);
    for (int k = 1; k < options.starts && !run.stopped(); ++k) {
        ModelState model = make_model(data, asked, options.seed + static_cast<std::uint64_t>(k));
        refuse_empty_regions(model);
        ModelState centre(best);
        if (has_network(asked)) {  // networks start from other random weights
            model = fit_by_steps(run, data, asked, options.seed + static_cast<std::uint64_t>(k), true);
        } else {
            start_from(model, centre);
            Vector theta = model.parameters();
            RandomStream random(options.seed + static_cast<std::uint64_t>(k));
            for (Index i = 0; i < theta.size(); ++i) theta(i) += random.uniform(-0.2, 0.2);
            model.set_parameters(theta);
            StageOptions stage;
            stage.name = stage_name(asked) + ", start " + std::to_string(k + 1);
            stage.expected_evaluations = expected_evaluations(asked);
            fit_stage(run, model, stage);
        }
        if (model.loss.total < best.loss.total) best = std::move(model);
    }
    return best;
}

/// The objective of a smoothness that an earlier, interrupted fit tried already.
std::optional<double> known_objective(const TrainingRun& run, Smoothness nu) {
    if (const auto& earlier = run.options().resume_from)
        for (const auto& [known, value] : earlier->smoothness_objectives)
            if (known == smoothness_value(nu)) return value;
    return std::nullopt;
}

Smoothness choose_smoothness(TrainingRun& run, const std::shared_ptr<const SpatialDataset>& data,
                             const ModelSpecification& asked,
                             std::vector<std::pair<double, double>>& objectives) {
    Smoothness best = Smoothness::half;
    double best_objective = std::numeric_limits<double>::infinity();
    for (auto nu : {Smoothness::half, Smoothness::three_halves, Smoothness::five_halves}) {
        run.keep_smoothness(objectives, false);
        ModelSpecification s = asked;
        s.smoothness = nu;
        const double objective =
            known_objective(run, nu).value_or(std::numeric_limits<double>::quiet_NaN());
        const double value =
            std::isfinite(objective)
                ? objective
                : fit_by_steps(run, data, s, run.options().seed, false).loss.total;
        objectives.emplace_back(smoothness_value(nu), value);
        if (value < best_objective) best_objective = value, best = nu;
        if (run.stopped()) break;
    }
    run.keep_smoothness(objectives, true);
    return best;
}

/// @throws Error(bad_input) naming a covariate that is constant or follows from the others.
void check_covariates(const SpatialDataset& dataset) {
    const Standardisation standardisation = Standardisation::of(dataset);
    const Matrix h = trend_matrix(Trend::covariates, standardisation,
                                  standardisation.standardised(dataset.coordinates),
                                  dataset.covariates);
    for (Index k = 1; k < h.cols(); ++k) {
        const auto before = h.leftCols(k);
        const Vector rest = h.col(k) - before * least_squares(before, h.col(k));
        if (rest.norm() > 1e-9 * std::sqrt(static_cast<double>(h.rows()))) continue;
        const auto name = static_cast<std::size_t>(k - 1) < dataset.covariate_names.size()
                              ? dataset.covariate_names[static_cast<std::size_t>(k - 1)]
                              : std::to_string(k);
        throw Error(ErrorCode::bad_input,
                    "The covariate \"" + name + "\" is constant or follows from the other covariates.",
                    "Leave it out of the trend.");
    }
}

/// Each realisation has a trend of its own, which its sites must determine and not use up.
/// @throws Error(bad_input) naming a realisation that is too small.
void check_realisations(const SpatialDataset& dataset, int trend_coefficients) {
    if (!dataset.has_realisations()) return;
    const auto labels = dataset.realisation_labels();
    std::vector<Index> rows(labels.size(), 0);
    for (const int r : dataset.realisation_indices()) ++rows[static_cast<std::size_t>(r)];
    const auto fewest = std::min_element(rows.begin(), rows.end());
    if (*fewest > trend_coefficients) return;
    throw Error(ErrorCode::bad_input,
                "Each realisation has a trend of its own with " + std::to_string(trend_coefficients) +
                    " coefficients, and \"" + labels[static_cast<std::size_t>(fewest - rows.begin())] +
                    "\" has " + std::to_string(*fewest) + (*fewest == 1 ? " site." : " sites."),
                "Leave realisations with few sites out, or choose a simpler trend.");
}

}  // namespace

void check_before_fit(const SpatialDataset* dataset, const ModelSpecification& specification,
                      const FitOptions& options) {
    if (!dataset) throw Error(ErrorCode::bad_input, "There are no data to fit.");
    dataset->validate();
    std::vector<std::string> problems = specification.validate();
    for (const auto& p : options.validate()) problems.push_back(p);
    if (!problems.empty()) {
        std::string text;
        for (const auto& p : problems) text += (text.empty() ? "" : " ") + p;
        throw Error(ErrorCode::bad_input, text);
    }
    const int q =
        trend_columns(specification, dataset->dimension(), dataset->covariates.cols());
    if (dataset->size() < q + 3)
        throw Error(ErrorCode::bad_input,
                    "There are more parameters than data: a mean or trend with " + std::to_string(q) +
                        " coefficients needs at least " + std::to_string(q + 3) + " sites, and there are " +
                        std::to_string(dataset->size()) + ".",
                    is_regional(specification) ? "Take fewer regions, which have a mean each, or a simpler trend."
                                               : "Choose a simpler trend.");
    check_realisations(*dataset, q);
    if (has_student_noise(specification) && options.held_out_fraction > 0.0)
        throw Error(ErrorCode::bad_input,
                    "Student noise weighs every site, so none can be held out while the model is trained.",
                    "Set the held-out share to 0; validate scores models on held-out sites.");
    check_combination(*dataset, specification, false);
    if (specification.trend == Trend::covariates) check_covariates(*dataset);
}

bool needs_many_evaluations(const ModelSpecification& s) {
    return is_warp(s.deformation) && s.deformation != DeformationKind::radial;
}

ModelSpecification with_resolved_likelihood(ModelSpecification s, const SpatialDataset& dataset) {
    s.likelihood = likelihood_for(dataset, s, needs_many_evaluations(s)).options;
    // The SPDE's smoothness follows from its order.
    if (s.likelihood.kind == LikelihoodKind::spde && s.smoothness == Smoothness::automatic)
        s.smoothness = spde_smoothness(s.likelihood.spde_alpha, dataset.dimension());
    // One that varies is estimated: there is none to choose.
    if (has_varying_smoothness(s) && s.smoothness == Smoothness::automatic) s.smoothness = Smoothness::estimate;
    return s;
}

namespace {

/// The stages whose name begins with a model's.
TrainingHistory history_of(const TrainingHistory& all, const std::string& name) {
    TrainingHistory own;
    std::vector<int> index(all.stages.size(), -1);
    for (std::size_t i = 0; i < all.stages.size(); ++i)
        if (all.stages[i].rfind(name, 0) == 0) {
            index[i] = static_cast<int>(own.stages.size());
            own.stages.push_back(all.stages[i]);
        }
    for (HistoryRow row : all.rows)
        if (const int k = index[static_cast<std::size_t>(row.stage_index)]; k >= 0) {
            row.stage_index = k;
            own.rows.push_back(row);
        }
    return own;
}

}  // namespace

FitResult finish(TrainingRun& run, std::vector<ModelState> models, bool automatic) {
    FitResult result;
    result.automatic = automatic;
    result.stopped_early = run.stopped();
    for (auto& state : models) {
        CandidateModel candidate;
        candidate.criterion = state.criterion;
        state.history = history_of(run.history(), stage_name(state.specification));
        auto shared = std::make_shared<ModelState>(std::move(state));
        auto model = std::make_shared<const FittedModel>(shared);
        shared->warnings = warnings_about(*model);
        candidate.model = std::move(model);
        result.candidates.push_back(std::move(candidate));
    }
    judge(result);
    if (!automatic) {
        const FittedModel& m = result.model();
        result.verdict_title = result.stopped_early ? "Stopped: the best so far was kept." : "Fitted.";
        if (is_warp(m) && fold_warning(m)) result.verdict_title = "Fitted, but the map folds space: see the warnings.";
        result.verdict = "This is one model, " + m.label() +
                         "; whether the data support it against simpler ones is what the automatic "
                         "model tells.";
        result.candidates[0].standing = "fitted on its own";
    }
    result.history = run.history();
    result.warnings = run.warnings();
    for (const auto& w : result.model().warnings()) result.warnings.push_back(w);
    // A model that bent around an outlier no longer sees it; the stationary one does.
    for (const auto& c : result.candidates)
        if (!is_warp(*c.model) && is_warp(result.model()) && !c.model->has_log_scale())
            if (auto w = outlier_warning(*c.model);
                w && c.model->specification().deformation == DeformationKind::stationary)
                result.warnings.push_back(*w);
    result.seconds = run.seconds();
    result.iterations = run.total_iterations();
    return result;
}

FitResult fit(std::shared_ptr<const SpatialDataset> dataset,
              const ModelSpecification& specification, const FitOptions& options,
              const FitObserver& observer, std::stop_token stop) {
    check_before_fit(dataset.get(), specification, options);
    const ThreadCount threads(options.threads);
    TrainingRun run(options, observer, std::move(stop));
    ModelSpecification asked = with_resolved_likelihood(specification, *dataset);
    if (asked.log_scale == LogScale::automatic) asked.log_scale = LogScale::no;
    // Families beside the Matérn have shapes of their own and no smoothness to choose.
    const bool matern = asked.correlation == CorrelationFamily::matern;
    const bool try_smoothness =
        matern && asked.smoothness == Smoothness::automatic && !options.resume_from;
    run.plan(3, expected_of_steps(asked) * (try_smoothness ? 4.0 : 1.0) * options.starts +
                    (options.posterior ? 90.0 : 0.0));
    std::vector<std::pair<double, double>> objectives;
    const bool settled = options.resume_from && options.resume_from->smoothness_chosen &&
                         !options.resume_from->candidates.empty();
    const CandidateModel* resumed = settled ? find_candidate(*options.resume_from, asked) : nullptr;
    if (settled && !resumed)
        asked.smoothness = options.resume_from->model().specification().smoothness;
    if (resumed)
        asked.smoothness = resumed->model->specification().smoothness;
    else if (matern && asked.smoothness == Smoothness::automatic)
        asked.smoothness = choose_smoothness(run, dataset, asked, objectives);

    std::vector<ModelState> models;
    if (resumed) {
        ModelState model(resumed->model->state());
        StageOptions stage;
        stage.name = stage_name(asked) + ", resumed";
        fit_stage(run, model, stage);
        models.push_back(std::move(model));
    } else {
        models.push_back(best_of_starts(run, dataset, asked));
    }
    const bool adds_units = asked.added_units > 0 && asked.deformation == DeformationKind::velocity_field;
    if ((options.posterior || adds_units) && !run.stopped() && has_laplace_posterior(asked))
        (void)compute_posterior(run, models[0]);
    if (adds_units && !run.stopped()) add_units(run, models[0]);
    if (!options.posterior) {
        models[0].hessian.resize(0, 0);
        models[0].criterion = std::numeric_limits<double>::quiet_NaN();
    }
    FitResult result = finish(run, std::move(models), false);
    result.smoothness_objectives = std::move(objectives);
    return result;
}

}  // namespace anamorph
