// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/kriging.h"

#include <cmath>
#include <limits>

#include "core/base/progress.h"
#include "core/predict/predictor.h"

namespace anamorph {

Prediction predict_at(const FittedModel& model, const Points& x_in_geographic,
                      const Matrix& covariates, const PredictOptions& options,
                      const ProgressObserver& progress, std::stop_token stop) {
    Predictor predictor(model, options);
    ProgressMeter meter(progress, predictor.averaged() ? "Predicting, averaged over the posterior"
                                                       : "Predicting");
    return predictor.predict(
        x_in_geographic, covariates, [&](double part) { meter.report(part); }, stop);
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
