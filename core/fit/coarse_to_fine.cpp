// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/coarse_to_fine.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/likelihood/site_ordering.h"
#include "core/likelihood/term_batch.h"

namespace anamorph {

namespace {

constexpr Index smallest_subset = 5'000;
constexpr int coarser_by = 10;
constexpr Index batch_terms = 40'000;
constexpr int batch_steps = 60;
constexpr int full_every = 30;
constexpr double first_rate = 4e-3, last_rate = 4e-4;

/// Adam's moments.
struct Adam {
    Vector mean, square;
    int step = 0;

    Vector direction(const Vector& gradient) {
        if (step == 0) mean = square = Vector::Zero(gradient.size());
        ++step;
        mean = 0.9 * mean + 0.1 * gradient;
        square = 0.99 * square + 0.01 * gradient.cwiseAbs2();
        const double a = 1.0 - std::pow(0.9, step), b = 1.0 - std::pow(0.99, step);
        return (mean / a).array() / ((square / b).array().sqrt() + 1e-8);
    }
};

}  // namespace

bool wants_coarse_start(const ModelState& model) {
    return model.specification.likelihood.kind == LikelihoodKind::vecchia &&
           model.specification.likelihood.nugget_form == NuggetForm::response &&
           !model.dataset->has_realisations() &&
           model.fitted_site_count() > coarse_from;
}

std::shared_ptr<const std::vector<Index>> well_spread_rows(const ModelState& model, Index count) {
    const Points x = model.standardisation.standardised(model.dataset->coordinates);
    const auto order = maximin_ordering(x);
    const auto k = static_cast<std::size_t>(std::min<Index>(count, x.rows()));
    return std::make_shared<const std::vector<Index>>(order.begin(),
                                                      order.begin() + static_cast<std::ptrdiff_t>(k));
}

void fit_coarse_subset(TrainingRun& run, ModelState& model, const StageOptions& stage) {
    const Index count = std::max(smallest_subset, model.fitted_site_count() / coarser_by);
    ModelState coarse(model);
    // Rows of a subset are themselves in maximin order.
    if (model.rows)
        coarse.rows = std::make_shared<const std::vector<Index>>(model.rows->begin(),
                                                                 model.rows->begin() + count);
    else
        coarse.rows = well_spread_rows(model, count);
    coarse.conditioning = nullptr;
    StageOptions own = stage;
    const std::string suffix = " of the sites";  // of the subset that this one begins
    const std::string name =
        stage.name.ends_with(suffix) ? stage.name.substr(0, stage.name.rfind(", ")) : stage.name;
    own.name = name + ", " + std::to_string(count) + suffix;
    own.allow_held_out = false;
    own.refresh_neighbours = stage.refresh_neighbours;
    run.plan(1, 0.0);
    fit_stage(run, coarse, own);
    model.set_parameters(coarse.parameters());
    model.partial_sill = coarse.partial_sill;
    model.trend_coefficients = coarse.trend_coefficients;
}

void refine_by_batches(TrainingRun& run, ModelState& model) {
    if (!model.conditioning) model.refresh_conditioning();
    Points sites = model.standardisation.standardised(model.dataset->coordinates);
    if (model.rows) sites = Points(sites(*model.rows, Eigen::all));
    const TermBatches batches(sites, model.conditioning);
    RandomStream random(run.options().seed);
    Objective full(model);
    Vector theta = model.parameters(), best = theta, gradient;
    double value = 0.0;
    run.count_evaluation();
    if (!full.evaluate(theta, value, gradient)) return;
    double best_value = value;
    (void)run.report(full, 0, theta, gradient);
    double sill = full.profiled().partial_sill;
    Vector beta = full.profiled().trend_coefficients;

    Adam adam;
    Vector average = Vector::Zero(theta.size());
    int averaged = 0;
    for (int step = 1; step <= batch_steps && !run.stopped(); ++step) {
        TermBatch batch = batches.draw(batch_terms, random);
        if (model.rows)
            for (Index& r : batch.rows) r = (*model.rows)[static_cast<std::size_t>(r)];
        ObjectiveScope scope;
        scope.rows = std::move(batch.rows);
        scope.score_others = false;
        scope.conditioning = std::move(batch.conditioning);
        scope.terms = std::move(batch.terms);
        scope.whole = static_cast<double>(model.fitted_site_count());
        scope.partial_sill = sill;
        scope.trend_coefficients = beta;
        Objective part(model, std::move(scope));
        run.count_evaluation();
        double estimate = 0.0;
        if (!part.evaluate(theta, estimate, gradient)) break;
        const double progress = static_cast<double>(step) / batch_steps;
        theta -= first_rate * std::pow(last_rate / first_rate, progress) * adam.direction(gradient);
        if (step % full_every > full_every / 2) {
            average += theta;
            ++averaged;
        }
        if (run.report(part, step, theta, gradient) == FitDecision::stop_keep_best) break;
        if (step % full_every != 0) continue;
        const Vector mean = average / averaged;
        average.setZero();
        averaged = 0;
        run.count_evaluation();
        if (!full.evaluate(mean, value, gradient)) break;
        sill = full.profiled().partial_sill;
        beta = full.profiled().trend_coefficients;
        if (value < best_value) best_value = value, best = mean;
        theta = mean;
        (void)run.report(full, step, mean, gradient);
    }
    model.set_parameters(best);
}

}  // namespace anamorph
