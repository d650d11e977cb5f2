// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/local_range.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <cstdio>
#include <limits>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/fit/hamiltonian.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

constexpr Index chunk = 4096;  // points handled together

std::vector<std::unique_ptr<const FittedModel>> models_at(const FittedModel& model,
                                                          const std::vector<Vector>& draws) {
    std::vector<std::unique_ptr<const FittedModel>> models;
    for (const Vector& theta : draws) {
        auto state = std::make_shared<ModelState>(model.state());
        state->hessian.resize(0, 0);
        state->history = {};
        state->set_parameters(theta);
        state->align();
        models.push_back(std::make_unique<const FittedModel>(std::move(state)));
    }
    return models;
}

/// Draws by Hamiltonian Monte Carlo, spread over its chains, and whether they can be trusted.
std::vector<Vector> sampled(const ModelState& state, const LocalRangeOptions& options, std::string& doubt,
                            const ProgressObserver& progress, const std::stop_token& stop) {
    HamiltonianOptions sampler;
    sampler.seed = options.seed;
    sampler.draws = std::max(sampler.draws, (options.draws + sampler.chains - 1) / sampler.chains);
    const HamiltonianSample sample = sample_posterior(state, sampler, progress, stop);
    if (!sample.trustworthy()) {
        char text[200];
        std::snprintf(text, sizeof text,
                      "The chains have not mixed: R-hat is up to %.2f, %d of %ld trajectories diverged.",
                      sample.r_hat.maxCoeff(), sample.divergences, static_cast<long>(sample.draws.rows()));
        doubt = text;
    }
    std::vector<Vector> draws;
    for (Index k = 0; k < options.draws; ++k)
        draws.push_back(sample.draws.row(k * sample.draws.rows() / options.draws).transpose());
    return draws;
}

/// log r of one model at points.
Vector log_local_range(const FittedModel& model, const Points& x) {
    const auto d = static_cast<double>(directions_of_space(model.dataset(), x.row(0)).cols());
    const double log_practical = std::log(model.parameters().practical_range);
    const std::vector<LocalStrain> strain = model.strain_at(x);
    Vector log_range(x.rows());
    for (Index i = 0; i < x.rows(); ++i)
        log_range(i) = log_practical - strain[static_cast<std::size_t>(i)].log_abs_det / d;
    return log_range;
}

/// Between neighbouring ranks linear; `sorted` ascending.
double quantile(const Vector& sorted, double p) {
    const double at = p * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<Index>(at);
    const Index high = std::min(low + 1, sorted.size() - 1);
    return sorted(low) + (at - static_cast<double>(low)) * (sorted(high) - sorted(low));
}

void summarise(const Matrix& log_range, Index first, double level, LocalRange& out) {
    for (Index i = 0; i < log_range.rows(); ++i) {
        Vector v = log_range.row(i).transpose();
        if (!v.allFinite()) {
            out.median(first + i) = out.lower(first + i) = out.upper(first + i) = out.log_sd(first + i) =
                std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        std::sort(v.begin(), v.end());
        out.median(first + i) = std::exp(quantile(v, 0.5));
        out.lower(first + i) = std::exp(quantile(v, 0.5 - 0.5 * level));
        out.upper(first + i) = std::exp(quantile(v, 0.5 + 0.5 * level));
        out.log_sd(first + i) =
            std::sqrt((v.array() - v.mean()).square().sum() / static_cast<double>(v.size() - 1));
    }
}

}  // namespace

std::vector<std::string> LocalRangeOptions::validate() const {
    std::vector<std::string> problems;
    if (draws < 8 || draws > 100'000)
        problems.emplace_back("The number of draws for the local range must lie between 8 and 100,000.");
    if (!(level > 0.0 && level < 1.0))
        problems.emplace_back("The level of the interval must lie between 0 and 1.");
    return problems;
}

LocalRange local_range_of(const FittedModel& model, const std::vector<Vector>& draws, const Points& x,
                          double level, const ProgressObserver& progress, std::stop_token stop) {
    const Index m = x.rows();
    const auto models = models_at(model, draws);
    const auto count = static_cast<Index>(models.size());
    LocalRange out{Vector(m), Vector(m), Vector(m), Vector(m), {}};
    ProgressMeter meter(progress, "Local range over the posterior");
    std::atomic<Index> done{0};
    const double total = static_cast<double>(count) * static_cast<double>((m + chunk - 1) / chunk);
    for (Index first = 0; first < m; first += chunk) {
        const Points here = x.middleRows(first, std::min(chunk, m - first));
        Matrix log_range(here.rows(), count);
        std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
#pragma omp parallel for schedule(dynamic)
        for (Index k = 0; k < count; ++k) {
            if (stop.stop_requested()) continue;
            try {
                log_range.col(k) = log_local_range(*models[static_cast<std::size_t>(k)], here);
                const Index so_far = ++done;
                if (omp_get_thread_num() == 0) meter.report(static_cast<double>(so_far) / total);
            } catch (...) {  // must not leave the parallel region
                failures[static_cast<std::size_t>(k)] = std::current_exception();
            }
        }
        throw_if_cancelled(stop);
        for (const auto& failure : failures)
            if (failure) std::rethrow_exception(failure);
        summarise(log_range, first, level, out);
    }
    return out;
}

LocalRange local_range_at(const FittedModel& model, const Points& x, const LocalRangeOptions& options,
                          const ProgressObserver& progress, std::stop_token stop) {
    if (const auto problems = options.validate(); !problems.empty())
        throw Error(ErrorCode::bad_input, problems.front());
    if (!model.has_posterior())
        throw Error(ErrorCode::unsupported,
                    "The model holds no posterior, so nothing is known of how sure its local range is.",
                    "Fit it again with the posterior.");
    if (!x.allFinite())
        throw Error(ErrorCode::not_finite, "A point has a coordinate that is no number.");
    const ThreadCount threads(options.threads);
    std::string doubt;
    const std::vector<Vector> draws = options.monte_carlo
                                          ? sampled(model.state(), options, doubt, progress, stop)
                                          : posterior_draws(model.state(), options.draws, options.seed);
    LocalRange range = local_range_of(model, draws, x, options.level, progress, std::move(stop));
    range.doubt = std::move(doubt);
    return range;
}

std::vector<FurtherLayer> local_range_layers(const LocalRange& range, double level) {
    return {{FurtherLayer::Kind::local_range, 0.5, range.median},
            {FurtherLayer::Kind::local_range_spread, level, range.upper.cwiseQuotient(range.lower)}};
}

LocalRange local_range_on_grid(const FittedModel& model, const PredictionGrid& grid,
                               const LocalRangeOptions& options, const ProgressObserver& progress,
                               std::stop_token stop) {
    const std::vector<Index> cells = grid.active_cells();
    const Points centres = grid.centres();
    const LocalRange active =
        local_range_at(model,
                       working_from_map(model.dataset().coordinate_system, centres(cells, Eigen::all)),
                       options, progress, std::move(stop));
    const Vector unknown = Vector::Constant(grid.cell_count(), std::numeric_limits<double>::quiet_NaN());
    LocalRange all{unknown, unknown, unknown, unknown, active.doubt};
    all.median(cells) = active.median;
    all.lower(cells) = active.lower;
    all.upper(cells) = active.upper;
    all.log_sd(cells) = active.log_sd;
    return all;
}

}  // namespace anamorph
