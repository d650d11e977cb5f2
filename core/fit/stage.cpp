// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/stage.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/realisations.h"
#include "core/fit/classes.h"
#include "core/fit/coarse_to_fine.h"
#include "core/fit/optimiser.h"
#include "core/fit/student_noise.h"

namespace anamorph {

namespace {

constexpr double collapse_range = 10.0;  // of log|det J| over the sites

/// Of invertible warps; the radial example is singular at its centre anyway, a network may fold.
bool may_collapse(const ModelSpecification& s) {
    return s.deformation != DeformationKind::stationary &&
           s.deformation != DeformationKind::anisotropic && !contains(s, DeformationKind::radial) &&
           !contains(s, DeformationKind::network);
}

/// One minimisation of one objective, with what has to be watched meanwhile.
class Minimisation {
public:
    Minimisation(TrainingRun& run, Objective& objective, const ModelState& model)
        : run_(run),
          objective_(objective),
          watch_collapse_(may_collapse(model.specification)) {}

    OptimiserResult run(const Vector& start, const OptimiserOptions& options, OptimiserKind kind) {
        const DifferentiableFunction function = [&](const Vector& x, double& f, Vector& g) {
            run_.count_evaluation();
            evaluated_ = x;
            return objective_.evaluate(x, f, g) && !collapses();
        };
        const IterateCallback callback = [&](int iteration, const Vector& x, double f,
                                             const Vector& g) { return at(iteration, x, f, g); };
        const ScoringFunction scoring = [&](const Vector& x, double& f, Vector& g, Matrix& i) {
            run_.count_evaluation();
            evaluated_ = x;
            return objective_.scoring_step(x, f, g, i);
        };
        OptimiserResult result =
            kind == OptimiserKind::adam ? minimise_adam(function, start, options, callback)
            : objective_.allows_scoring() ? minimise_scoring(scoring, start, options, callback)
                                          : minimise_lbfgs(function, start, options, callback);
        if (refused_ > 0 && (result.termination == Termination::no_progress ||
                             result.termination == Termination::failed_kept_best)) {
            run_.warn(
                "The deformation began to collapse (log|det J| would vary by more than 10 over the "
                "sites); the fit stopped at the last sound iterate. A design weight above zero, a small "
                "ridge or a jump in the field is the usual cause.");
            result.termination = Termination::failed_kept_best;
        }
        return result;
    }

    [[nodiscard]] const Vector& best_held_out() const { return best_held_out_; }
    [[nodiscard]] int best_held_out_iteration() const { return best_iteration_; }

private:
    /// A step into a nearly singular map counts as one that cannot be evaluated: it is shortened. A
    /// start that is further out already may stay there.
    bool collapses() {
        if (!watch_collapse_) return false;
        const double range = objective_.log_det_range();
        if (limit_ <= 0.0) limit_ = std::max(collapse_range, 1.001 * range);
        if (range <= limit_) return false;
        ++refused_;
        return true;
    }

    FitDecision at(int iteration, const Vector& x, double /*value*/, const Vector& g) {
        // The parts shown must be those of this iterate, not of the search's last trial.
        if (x != evaluated_) {
            double again = 0.0;
            Vector gradient;
            (void)objective_.evaluate(x, again, gradient);
            evaluated_ = x;
        }
        const FitDecision decision = run_.report(objective_, iteration, x, g);
        const double held_out = run_.history().rows.back().loss.held_out;
        if (best_held_out_.size() == 0 || held_out < best_score_) {
            best_score_ = held_out;
            best_held_out_ = x;
            best_iteration_ = iteration;
        }
        return decision;
    }

    TrainingRun& run_;
    Objective& objective_;
    bool watch_collapse_;
    double limit_ = 0.0;  // of the range of log|det J|; set by the start
    int refused_ = 0;
    Vector evaluated_, best_held_out_;
    double best_score_ = 0.0;
    int best_iteration_ = 0;
};

/// The rows that are kept; of each realisation that share at least.
std::vector<Index> fitted_rows(const SpatialDataset& data, double held_out_fraction,
                               std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<Index> kept;
    for (int r = 0; r < realisation_count(data); ++r) {
        const std::vector<Index> rows = rows_of_realisation(data, r);
        const auto n = static_cast<Index>(rows.size());
        const double fraction = data.has_realisations() && n < 10 ? 0.0 : held_out_fraction;
        const auto keep = static_cast<std::size_t>(static_cast<double>(n) * (1.0 - fraction));
        std::vector<Index> order = random.permutation(n);
        order.resize(std::min(order.size(), std::max<std::size_t>(keep, 5)));
        for (const Index k : order) kept.push_back(rows[static_cast<std::size_t>(k)]);
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

void take_estimates(ModelState& model, Objective& objective, const Vector& theta) {
    double value = 0.0;
    Vector gradient;
    if (!objective.evaluate(theta, value, gradient))
        throw Error(ErrorCode::not_finite, "The fitted model cannot be evaluated.",
                    "Try a larger ridge or another start.");
    objective.put(theta, model);
    model.loss = objective.parts();
    model.loss.held_out = objective.held_out_score();
    model.partial_sill = objective.profiled().partial_sill;
    model.trend_coefficients = objective.profiled().trend_coefficients;
    model.leave_one_out_residuals =
        model.noise_weights.size() > 0 ? student_leave_one_out(model, objective.profiled()).normal_residual
                                       : objective.profiled().leave_one_out_residual;
    model.align();
}

}  // namespace

namespace {

void fit_at_weights(TrainingRun& run, ModelState& model, const StageOptions& stage);

/// Conditioning sets in deformed space need a deformation: a short fit with the sets there are.
void settle_conditioning(TrainingRun& run, ModelState& model, const StageOptions& stage, bool coarse_done) {
    if (!coarse_done) {
        StageOptions first = stage;
        first.name = stage.name + ", first neighbours";
        first.refresh_neighbours = first.allow_held_out = false;
        first.max_iterations = 25;
        first.relative_tolerance = 1e-6;
        first.expected_evaluations = 30.0;
        run.plan(1, 30.0);
        fit_at_weights(run, model, first);
    }
    model.refresh_conditioning();
}

void fit_at_weights(TrainingRun& run, ModelState& model, const StageOptions& stage) {
    const FitOptions& fit = run.options();
    const bool coarse = wants_coarse_start(model) && !run.stopped();
    if (coarse && !stage.from_subset) fit_coarse_subset(run, model, stage);
    if (stage.refresh_neighbours && !run.stopped() &&
        model.specification.likelihood.kind == LikelihoodKind::vecchia) {
        settle_conditioning(run, model, stage, coarse);
    } else if (!model.conditioning) {
        model.refresh_conditioning();
    }
    OptimiserOptions options;
    options.max_iterations = stage.max_iterations > 0 ? stage.max_iterations : fit.max_iterations;
    options.relative_tolerance =
        stage.relative_tolerance > 0.0 ? stage.relative_tolerance : fit.relative_tolerance;
    options.learning_rate = fit.learning_rate;
    // A thousandth of a nat is nothing beside the sampling error of very many sites.
    if (model.fitted_site_count() > coarse_from) options.absolute_tolerance = 2e-3;

    const double began = run.seconds();
    run.begin_stage(stage.name, stage.expected_evaluations);
    Vector start;
    const bool hold_out = stage.allow_held_out && fit.held_out_fraction > 0.0;
    if (hold_out) {
        ObjectiveScope scope;
        scope.rows = fitted_rows(*model.dataset, fit.held_out_fraction, fit.seed);
        Objective part(model, std::move(scope));
        Minimisation first(run, part, model);
        start = part.start();
        (void)first.run(start, options, fit.optimiser);
        run.end_stage();
        run.begin_stage(stage.name + ", refit on all sites", stage.expected_evaluations);
        if (fit.optimiser == OptimiserKind::adam)
            options.max_iterations = std::max(1, first.best_held_out_iteration());
        else
            start = first.best_held_out();
    }
    if (coarse && model.fitted_site_count() > batches_from && !run.stopped()) {
        refine_by_batches(run, model);
        options.max_iterations = 0;
    }
    Objective objective(model);
    if (start.size() != objective.start().size()) start = objective.start();
    Vector best = start;
    if (options.max_iterations == 0) {
        best = objective.start();
        model.termination = Termination::converged;
    } else if (!run.stopped() || !hold_out) {
        Minimisation minimisation(run, objective, model);
        const OptimiserResult result = minimisation.run(start, options, fit.optimiser);
        for (const auto& warning : result.warnings) run.warn(stage.name + ": " + warning);
        best = result.x;
        model.termination = result.termination;
        model.iterations = result.iterations;
    } else {
        model.termination = Termination::stopped_by_user;
    }
    take_estimates(model, objective, best);
    model.evaluations = objective.evaluations();
    model.seconds += run.seconds() - began;
    run.end_stage();
}

constexpr int most_rounds = 30, rounds_on_the_way = 4;
constexpr double settled_weight = 0.02;     // change of a log weight
constexpr double settled_objective = 1e-3;  // nats

/// One step of Student noise's weights where the model stands; the largest change of a log weight. The
/// first one makes weights to begin with.
double step_weights(TrainingRun& run, ModelState& model) {
    run.count_evaluation();
    Objective objective(model);
    double value = 0.0;
    Vector gradient;
    if (!objective.evaluate(model.parameters(), value, gradient))
        throw Error(ErrorCode::not_finite, "The fitted model cannot be evaluated.");
    if ((model.noise_weights.array() == 1.0).all()) {
        start_noise_weights(model, objective.profiled());
        return std::numeric_limits<double>::infinity();
    }
    return update_noise_weights(model, objective.profiled());
}

/// Student noise: weights and parameters in turn until both have settled.
void fit_with_weights(TrainingRun& run, ModelState& model, const StageOptions& stage) {
    const bool on_the_way = stage.max_iterations > 0;
    fit_at_weights(run, model, stage);
    StageOptions again = stage;
    again.refresh_neighbours = again.allow_held_out = false;
    again.from_subset = true;
    again.expected_evaluations = 10.0;
    if (!on_the_way) again.max_iterations = 40;
    for (int round = 1; round <= (on_the_way ? rounds_on_the_way : most_rounds) && !run.stopped(); ++round) {
        const double before = model.loss.total, change = step_weights(run, model);
        again.name = stage.name + ", weights " + std::to_string(round);
        run.plan(1, 10.0);
        fit_at_weights(run, model, again);
        if (change < settled_weight ||
            (std::isfinite(change) && std::abs(before - model.loss.total) < settled_objective))
            return;
    }
    if (!on_the_way && !run.stopped())
        run.warn("The weights of Student noise had not settled after " + std::to_string(most_rounds) +
                 " rounds; the fit is near its end, not at it.");
}

}  // namespace

void fit_stage(TrainingRun& run, ModelState& model, const StageOptions& stage) {
    if (model.noise_weights.size() > 0)
        fit_with_weights(run, model, stage);
    else
        fit_at_weights(run, model, stage);
}

void evaluate_stage(TrainingRun& run, ModelState& model) {
    run.count_evaluation();
    if (!model.conditioning) model.refresh_conditioning();
    if (model.noise_weights.size() > 0)
        for (int round = 0; round < most_rounds && !run.stopped() && step_weights(run, model) > settled_weight; ++round) {
        }
    Objective objective(model);
    take_estimates(model, objective, objective.start());
}

}  // namespace anamorph
