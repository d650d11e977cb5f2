// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/kriging.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/likelihood/lapack.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

namespace {

constexpr Index chunk = 512;  // points handled together

}  // namespace

Prediction predict_at(const FittedModel& model, const Points& x_in_geographic,
                      const Matrix& covariates, const PredictOptions& options,
                      const ProgressObserver& progress, std::stop_token stop) {
    if (!x_in_geographic.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be predicted has a coordinate that is no number.");
    if (options.draws < 2 || options.draws > 1000)
        throw Error(ErrorCode::bad_input, "The number of posterior draws must lie between 2 and 1000.");
    const ThreadCount threads(options.threads);
    const ModelState& fitted = model.state();
    const bool average = options.averaged && model.has_posterior();
    std::vector<Vector> parameters = {fitted.parameters()};
    if (average) parameters = posterior_draws(fitted, options.draws, options.seed);

    const Index m = x_in_geographic.rows();
    const Points x = fitted.standardisation.standardised(x_in_geographic);
    const Matrix trend =
        trend_matrix(fitted.specification.trend, fitted.standardisation, x, covariates);
    Prediction sum{Vector::Zero(m), Vector::Zero(m)};
    Vector squares = Vector::Zero(m);
    ProgressMeter meter(progress, average ? "Predicting, averaged over the posterior" : "Predicting");
    int used = 0;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        throw_if_cancelled(stop);
        ModelState draw(fitted);
        draw.set_parameters(parameters[k]);
        // A draw far out in the tail may have no covariance matrix; the others stand for it.
        const auto system = draw.kriging_system();
        if (!system) continue;
        ++used;
        for (Index first = 0; first < m; first += chunk) {
            throw_if_cancelled(stop);
            const Index count = std::min(chunk, m - first);
            Vector mean, variance;
            system->predict(draw.features(x.middleRows(first, count)),
                            trend.middleRows(first, count),
                            options.target == PredictionTarget::observation, mean, variance);
            sum.mean.segment(first, count) += mean;
            sum.variance.segment(first, count) += variance;
            squares.segment(first, count) += mean.cwiseAbs2();
            meter.report((static_cast<double>(k) + static_cast<double>(first + count) /
                                                       static_cast<double>(m)) /
                         static_cast<double>(parameters.size()));
        }
    }
    if (used == 0)
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of the sites could not be factorised.",
                    "Average duplicated sites, or fit again with a larger nugget.");
    // Moments of the mixture: the mean of the means; the mean of the variances plus the variance of
    // the means.
    sum.mean /= used;
    sum.variance = sum.variance / used + (squares / used - sum.mean.cwiseAbs2()).cwiseMax(0.0);
    return sum;
}

GridMap predict_on_grid(const FittedModel& model, const PredictionGrid& grid,
                        const Matrix& covariates, const PredictOptions& options,
                        const ProgressObserver& progress, std::stop_token stop) {
    const std::vector<Index> active = grid.active_cells();
    const Points centres = grid.centres();
    const auto m = static_cast<Index>(active.size());
    Points x(m, centres.cols());
    Matrix c(m, covariates.cols());
    for (Index i = 0; i < m; ++i) {
        const Index cell = active[static_cast<std::size_t>(i)];
        x.row(i) = centres.row(cell);
        if (covariates.cols() > 0) c.row(i) = covariates.row(cell);
    }
    const Prediction p = predict_at(model, x, c, options, progress, std::move(stop));
    GridMap map;
    map.grid = grid;
    map.mean = Vector::Constant(grid.cell_count(), std::numeric_limits<double>::quiet_NaN());
    map.standard_deviation = map.mean;
    for (Index i = 0; i < m; ++i) {
        const Index cell = active[static_cast<std::size_t>(i)];
        map.mean(cell) = p.mean(i);
        map.standard_deviation(cell) = std::sqrt(p.variance(i));
    }
    map.of_observation = options.target == PredictionTarget::observation;
    map.averaged = options.averaged && model.has_posterior();
    map.label = model.label();
    return map;
}

}  // namespace anamorph
