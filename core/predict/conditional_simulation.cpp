// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/conditional_simulation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/base/heap_usage.h"
#include "core/data/value_transform.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"
#include "core/fit/student_noise.h"
#include "core/likelihood/lapack.h"
#include "core/predict/gamma_variate.h"
#include "core/predict/kriging_system.h"
#include "core/predict/sequential_simulation.h"
#include "core/predict/spectral_simulation.h"

namespace anamorph {

namespace {

constexpr int most_parameter_draws = 16;

/// Progress of one batch as part of the whole.
ProgressObserver part_of(const ProgressObserver& whole, double done, double share) {
    if (!whole) return {};
    return [whole, done, share](Progress progress) {
        if (progress.fraction >= 0.0) progress.fraction = done + share * progress.fraction;
        if (share < 1.0) progress.seconds_left = -1.0;
        whole(progress);
    };
}

[[noreturn]] void refuse_memory(Index points, int count) {
    throw Error(ErrorCode::out_of_memory,
                std::to_string(count) + " simulations at " + std::to_string(points) +
                    " points do not fit in memory.",
                "Draw fewer at a time, with other seeds, or on a coarser grid.");
}

/// Adds t noise of squared scale `nugget` e^{l} e^{t} to simulations m×count.
void add_student_noise(double nugget, const SiteFeatures& at, double degrees_of_freedom, std::uint64_t seed,
                       Eigen::Ref<Matrix> draws) {
    Vector sd = Vector::Constant(draws.rows(), std::sqrt(nugget));
    if (at.log_scale.size() > 0) sd.array() *= (0.5 * at.log_scale.array()).exp();
    if (at.log_noise.size() > 0) sd.array() *= (0.5 * at.log_noise.array()).exp();
    RandomStream random(stream_seed(seed, 0x7d15));
    for (Index k = 0; k < draws.cols(); ++k)
        for (Index i = 0; i < draws.rows(); ++i) {
            const double weight = gamma_variate(0.5 * degrees_of_freedom, random) / (0.5 * degrees_of_freedom);
            draws(i, k) += sd(i) * random.normal() / std::sqrt(weight);
        }
}

/// @throws Error(unsupported) where a model's field cannot be simulated as a sum of cosines.
void require_spectral(const ModelState& model) {
    const LikelihoodKind kind = model.specification.likelihood.kind;
    if (kind != LikelihoodKind::exact && kind != LikelihoodKind::vecchia)
        throw Error(ErrorCode::unsupported,
                    "Spectral simulation goes with the exact and with Vecchia's likelihood; this model's is \"" +
                        label_of(model.specification.likelihood) + "\", which draws its own field.",
                    "Leave the method to the program.");
    if (const auto reason = spectral_refusal(*model.covariance_at_estimate()))
        throw Error(ErrorCode::unsupported, *reason);
}

}  // namespace

Matrix draw_at(const FittedModel& model, const Points& x_in_geographic, const Matrix& covariates,
               const SimulationOptions& options, const ProgressObserver& progress,
               std::stop_token stop) {
    if (options.count < 1 || options.count > 100'000)
        throw Error(ErrorCode::bad_input, "The number of simulations must lie between 1 and 100,000.");
    if (!x_in_geographic.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be simulated has a coordinate that is no number.");
    const ThreadCount threads(options.threads);
    const ModelState& fitted = model.state();
    if (options.method == SimulationMethod::spectral) require_spectral(fitted);
    const Index m = x_in_geographic.rows();
    const Points x = fitted.standardisation.standardised(x_in_geographic);
    const Matrix trend =
        trend_of(fitted, x, covariates);
    std::vector<Vector> parameters = {fitted.parameters()};
    if (options.averaged && model.has_posterior())
        parameters = posterior_draws(fitted, std::min(options.count, most_parameter_draws),
                                     options.seed);
    const int batches = static_cast<int>(parameters.size());
    const bool student =
        has_student_noise(fitted.specification) && options.target == PredictionTarget::observation;
    // The simulations, and as much again while they are drawn.
    if (16.0 * static_cast<double>(m) * options.count > available_memory_bytes())
        refuse_memory(m, options.count);
    try {
        Matrix draws(m, options.count);
        int drawn = 0;
        for (int k = 0; k < batches; ++k) {
            throw_if_cancelled(stop);
            const int upto = static_cast<int>(std::int64_t{options.count} * (k + 1) / batches);
            ModelState state(fitted);
            state.set_parameters(parameters[static_cast<std::size_t>(k)]);
            auto system = state.kriging_system();
            if (!system) {  // a draw far out in the tail: the estimates stand for it
                state.set_parameters(fitted.parameters());
                system = state.kriging_system();
            }
            if (!system)
                throw Error(ErrorCode::not_positive_definite,
                            "The covariance matrix of the sites could not be factorised.",
                            "Average duplicated sites, or fit again with a larger nugget.");
            const DrawOptions batch{upto - drawn,
                                    stream_seed(options.seed, static_cast<std::uint64_t>(k)),
                                    options.target == PredictionTarget::observation && !student, options.method};
            SiteFeatures at = features_at(state, x, covariates);
            if (!options.realisation.empty())
                at.realisation = realisation_of_points(*fitted.dataset, {options.realisation}, m);
            const double whole = options.count;
            draws.middleCols(drawn, upto - drawn) =
                system->draw(at, trend, batch,
                             part_of(progress, drawn / whole, (upto - drawn) / whole), stop);
            if (student)
                add_student_noise(system->partial_sill() * std::exp(state.log_nugget_ratio), at,
                                  fitted.specification.degrees_of_freedom, batch.seed,
                                  draws.middleCols(drawn, upto - drawn));
            drawn = upto;
        }
        if (fitted.transform)
            draws = draws.unaryExpr([&](double y) { return fitted.transform->inverse(y); });
        return draws;
    } catch (const std::bad_alloc&) {
        refuse_memory(m, options.count);
    }
}

Matrix draw_on_grid(const FittedModel& model, const PredictionGrid& grid, const Matrix& covariates,
                    const SimulationOptions& options, const ProgressObserver& progress,
                    std::stop_token stop) {
    const std::vector<Index> active = grid.active_cells();
    try {
        const Points x = working_from_map(model.dataset().coordinate_system,
                                          grid.centres()(active, Eigen::all));
        const Matrix c = covariates.cols() > 0 ? Matrix(covariates(active, Eigen::all)) : Matrix();
        Matrix drawn = draw_at(model, x, c, options, progress, std::move(stop));
        if (static_cast<Index>(active.size()) == grid.cell_count()) return drawn;
        Matrix all = Matrix::Constant(grid.cell_count(), options.count,
                                      std::numeric_limits<double>::quiet_NaN());
        all(active, Eigen::all) = drawn;
        return all;
    } catch (const std::bad_alloc&) {
        refuse_memory(grid.cell_count(), options.count);
    }
}

namespace {

/// Between the ranks of ascending values, p = 0 the first and p = 1 the last (Hyndman and Fan 1996, Am.
/// Stat. 50:361, type 7).
double quantile_of(const std::vector<double>& ascending, double p) {
    const double place = p * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

void add_quantiles(const Matrix& draws, const std::vector<double>& probabilities, Matrix& quantiles) {
    std::vector<double> ascending(static_cast<std::size_t>(draws.cols()));
    for (Index i = 0; i < draws.rows(); ++i) {
        if (std::isnan(draws(i, 0))) continue;
        for (Index k = 0; k < draws.cols(); ++k) ascending[static_cast<std::size_t>(k)] = draws(i, k);
        std::sort(ascending.begin(), ascending.end());
        for (std::size_t k = 0; k < probabilities.size(); ++k)
            quantiles(i, static_cast<Index>(k)) = quantile_of(ascending, probabilities[k]);
    }
}

}  // namespace

DrawSummary summary_of(const Matrix& draws, const std::vector<double>& probabilities,
                       const std::vector<double>& thresholds) {
    for (double p : probabilities)
        if (!(p >= 0.0 && p <= 1.0))
            throw Error(ErrorCode::bad_input, "The probability of a quantile lies between 0 and 1.");
    for (double t : thresholds)
        if (!std::isfinite(t)) throw Error(ErrorCode::bad_input, "A threshold must be a finite number.");
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    DrawSummary summary;
    summary.mean = draws.rowwise().mean();
    summary.standard_deviation = Vector::Constant(draws.rows(), nan);
    summary.quantiles = Matrix::Constant(draws.rows(), static_cast<Index>(probabilities.size()), nan);
    summary.exceedance = Matrix::Constant(draws.rows(), static_cast<Index>(thresholds.size()), nan);
    if (!probabilities.empty()) add_quantiles(draws, probabilities, summary.quantiles);
    for (std::size_t k = 0; k < thresholds.size(); ++k) {
        const Vector share = (draws.array() > thresholds[k]).cast<double>().rowwise().mean();
        for (Index i = 0; i < draws.rows(); ++i)
            if (!std::isnan(draws(i, 0))) summary.exceedance(i, static_cast<Index>(k)) = share(i);
    }
    if (draws.cols() < 2) return summary;
    Vector squares = Vector::Zero(draws.rows());
    for (Index k = 0; k < draws.cols(); ++k)
        squares += (draws.col(k) - summary.mean).cwiseAbs2();
    summary.standard_deviation = (squares / static_cast<double>(draws.cols() - 1)).cwiseSqrt();
    return summary;
}

}  // namespace anamorph
