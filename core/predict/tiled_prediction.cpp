// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/tiled_prediction.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/predict/predictor.h"

namespace anamorph {

void predict_tiles(const FittedModel& model, const PredictionGrid& grid,
                   const std::vector<GridTile>& tiles, const PredictOptions& options,
                   const TileSink& sink, const ProgressObserver& progress, std::stop_token stop) {
    if (model.specification().trend == Trend::covariates)
        throw Error(ErrorCode::unsupported,
                    "The model's trend has covariates, which a grid does not know.",
                    "Predict at a table of points and covariates.");
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Predictor predictor(model, options);
    ProgressMeter meter(progress, predictor.averaged() ? "Predicting, averaged over the posterior"
                                                       : "Predicting");
    const auto layers = static_cast<Index>(options.quantiles.size() + options.thresholds.size());
    double all = 0.0, done = 0.0;
    for (const GridTile& tile : tiles) all += static_cast<double>(tile.cell_count());
    for (const GridTile& tile : tiles) {
        throw_if_cancelled(stop);
        const GridTile::ActiveCells active = tile.active_cells(grid);
        const auto cells = static_cast<double>(tile.cell_count());
        TilePrediction values;
        values.mean = values.standard_deviation = Vector::Constant(tile.cell_count(), nan);
        values.further = Matrix::Constant(tile.cell_count(), layers, nan);
        if (!active.of_tile.empty()) {
            const Points x = tile.centres(grid)(active.of_tile, Eigen::all);
            const Prediction p = predictor.predict(
                x, Matrix(), [&](double part) { meter.report((done + part * cells) / all); }, stop);
            values.mean(active.of_tile) = p.mean;
            values.standard_deviation(active.of_tile) = p.variance.cwiseSqrt();
            const Index q = p.quantiles.cols();
            for (Index k = 0; k < layers; ++k)
                values.further(active.of_tile, k) = k < q ? p.quantiles.col(k) : p.exceedance.col(k - q);
        }
        sink(tile, values);
        done += cells;
    }
    meter.report(1.0);
}

}  // namespace anamorph
