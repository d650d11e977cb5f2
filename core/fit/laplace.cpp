// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/laplace.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "core/base/decompositions.h"
#include "core/base/random.h"
#include "core/data/realisations.h"
#include "core/data/value_transform.h"
#include "core/fit/added_units.h"
#include "core/fit/hidden_layers.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/term_batch.h"

namespace anamorph {

namespace {

constexpr double difference_step = 1e-4;
constexpr Index curvature_terms = 20'000;
constexpr double smallest_whitened_eigenvalue = 0.5;
constexpr double held_precision = 1e12;  // in the Hessian, of parameters that are held at their estimates

/// The Hessian's rows of some parameters by forward differences. In parallel over rows where the matrices are small
/// enough that one core each is faster than all cores on one factorisation.
bool hessian_rows(TrainingRun& run, Objective& objective, const Vector& theta, const Vector& g0,
                  const std::vector<Index>& rows, const std::string& what, Matrix& hessian) {
    const auto p = static_cast<Index>(rows.size());
    const int available = omp_get_max_threads();
    const ModelState& model = objective.model();
    const bool small = model.specification.likelihood.kind == LikelihoodKind::vecchia
                           ? model.fitted_site_count() <= 20'000
                           : std::min(model.fitted_site_count(), largest_realisation(*model.dataset)) <= 1500;
    const bool parallel = available > 1 && small && p > 4;
    const int workers = parallel ? available : 1;
    std::atomic<bool> failed{false}, interrupted{false};
    std::vector<Objective> objectives(static_cast<std::size_t>(workers), objective);
    const ThreadCount inner(parallel ? 1 : available);
#pragma omp parallel for schedule(dynamic) num_threads(workers)
    for (Index k = 0; k < p; ++k) {
        if (failed || interrupted) continue;
        const Index i = rows[static_cast<std::size_t>(k)];
        Objective& mine = objectives[static_cast<std::size_t>(omp_get_thread_num())];
        Vector shifted = theta, g;
        double value = 0.0;
        shifted(i) += difference_step;
        try {
            if (mine.evaluate(shifted, value, g))
                hessian.row(i) = (g - g0).transpose() / difference_step;
            else
                failed = true;
        } catch (...) {
            failed = true;
        }
        // Only the first thread talks to the observer; errors must not leave the parallel region.
        if (omp_get_thread_num() == 0) {
            if (run.cancel_requested()) {
                interrupted = true;
                continue;
            }
            try {
                for (int worker = 0; worker < workers; ++worker) run.count_evaluation();
                if (run.report_work(what) == FitDecision::stop_keep_best) interrupted = true;
            } catch (...) {
                interrupted = true;
            }
        }
    }
    if (run.cancel_requested()) run.count_evaluation();  // throws
    return !failed && !interrupted;
}

Vector whitened_eigenvalues(const Matrix& hessian, const Vector& precision,
                            const std::vector<Index>& rows) {
    const auto k = static_cast<Index>(rows.size());
    Matrix h(k, k);
    for (Index a = 0; a < k; ++a)
        for (Index b = 0; b < k; ++b) {
            const Index i = rows[static_cast<std::size_t>(a)], j = rows[static_cast<std::size_t>(b)];
            h(a, b) = hessian(i, j) / std::sqrt(precision(i) * precision(j));
        }
    return symmetric_eigenvalues(h);
}

}  // namespace

namespace {

/// Sums of very many terms: the curvature comes from a random part of them.
ObjectiveScope curvature_scope(const TrainingRun& run, ModelState& model) {
    ObjectiveScope scope;
    if (model.specification.likelihood.kind != LikelihoodKind::vecchia ||
        model.specification.likelihood.nugget_form != NuggetForm::response ||
        model.dataset->has_realisations() ||
        model.fitted_site_count() <= 2 * curvature_terms)
        return scope;
    if (!model.conditioning) model.refresh_conditioning();
    Points sites = model.standardisation.standardised(model.dataset->coordinates);
    if (model.rows) sites = Points(sites(*model.rows, Eigen::all));
    RandomStream random(run.options().seed);
    TermBatch batch = TermBatches(sites, model.conditioning).draw(curvature_terms, random);
    if (model.rows)
        for (Index& r : batch.rows) r = (*model.rows)[static_cast<std::size_t>(r)];
    scope.rows = std::move(batch.rows);
    scope.score_others = false;
    scope.conditioning = std::move(batch.conditioning);
    scope.terms = std::move(batch.terms);
    scope.whole = static_cast<double>(model.fitted_site_count());
    return scope;
}

}  // namespace

bool compute_posterior(TrainingRun& run, ModelState& model) {
    const double began = run.seconds();
    Objective objective(model, curvature_scope(run, model));
    const Vector theta = model.parameters();
    const Index p = theta.size();
    double value = 0.0;
    Vector g0;
    if (!objective.evaluate(theta, value, g0)) return false;
    const std::string what =
        "curvature of " +
        model_label(model.specification, model.specification.log_scale == LogScale::yes);
    // Weights of hidden layers are held: their rows and columns are those of numbers known exactly.
    const std::vector<Index> held = hidden_layer_parameters(model);
    std::vector<Index> free;
    for (Index i = 0; i < p; ++i)
        if (!std::binary_search(held.begin(), held.end(), i)) free.push_back(i);
    Matrix hessian(p, p);
    if (!hessian_rows(run, objective, theta, g0, free, what, hessian)) return false;
    const Matrix known = hessian(free, free);
    hessian = held_precision * Matrix::Identity(p, p);
    hessian(free, free) = 0.5 * (known + known.transpose());
    model.hessian = std::move(hessian);

    const Vector precision = objective.prior_precision();
    std::vector<Index> with_prior;
    for (const Index i : free)
        if (precision(i) > 0.0) with_prior.push_back(i);
    model.criterion = model.loss.total;
    model.effective_parameters = static_cast<double>(
        static_cast<Index>(free.size() - with_prior.size()) + 1 + model.trend_coefficients.size());
    if (!with_prior.empty()) {
        const Vector eigenvalues = whitened_eigenvalues(model.hessian, precision, with_prior);
        model.criterion +=
            0.5 * eigenvalues.cwiseMax(smallest_whitened_eigenvalue).array().log().sum();
        model.effective_parameters +=
            (1.0 - eigenvalues.cwiseMax(1.0).cwiseInverse().array()).sum();
    }
    if (model.transform) {
        // What was estimated for the transform costs ½ log n each (Schwarz 1978, Ann. Stat. 6:461).
        const double count = model.transform->estimated_count();
        model.criterion += 0.5 * count * std::log(static_cast<double>(model.fitted_site_count()));
        model.effective_parameters += count;
    }
    if (model.specification.deformation != DeformationKind::stationary)
        model.criterion += std::log(static_cast<double>(model.fitted_site_count()));
    model.criterion += price_of_unit_places(model);
    if (!held.empty()) model.criterion = std::numeric_limits<double>::quiet_NaN();
    model.seconds += run.seconds() - began;
    return true;
}

std::vector<Vector> posterior_draws(const ModelState& model, int count, std::uint64_t seed) {
    const SymmetricEigen eigen(model.hessian);
    const Vector sd = eigen.eigenvalues().cwiseMax(1.0).cwiseSqrt().cwiseInverse();
    const Vector theta = model.parameters();
    const std::vector<Index> held = hidden_layer_parameters(model);
    RandomStream random(seed);
    std::vector<Vector> draws;
    while (static_cast<int>(draws.size()) < count) {
        Vector offset = eigen.eigenvectors() * random.normals(theta.size()).cwiseProduct(sd);
        for (const Index i : held) offset(i) = 0.0;
        draws.push_back(theta + offset);
        draws.push_back(theta - offset);
    }
    draws.resize(static_cast<std::size_t>(count));
    return draws;
}

}  // namespace anamorph
