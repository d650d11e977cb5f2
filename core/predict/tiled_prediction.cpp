// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/tiled_prediction.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/fit/covariate_distance.h"
#include "core/predict/predictor.h"

namespace anamorph {

namespace {

/// Leaves out points whose covariates are not known.
void keep_known(const Matrix& all, std::vector<Index>& cells, Points& x, Matrix& known) {
    std::vector<Index> rows, kept;
    for (Index i = 0; i < all.rows(); ++i)
        if (all.row(i).allFinite()) {
            rows.push_back(i);
            kept.push_back(cells[static_cast<std::size_t>(i)]);
        }
    known = all(rows, Eigen::all);
    x = Points(x(rows, Eigen::all));
    cells = std::move(kept);
}

}  // namespace

void predict_tiles(const FittedModel& model, const PredictionGrid& grid,
                   const std::vector<GridTile>& tiles, const PredictOptions& options,
                   const TileSink& sink, const ProgressObserver& progress, std::stop_token stop,
                   const CovariateSource& covariates) {
    const bool by_covariates = needs_covariates(model.specification());
    if (by_covariates && !covariates)
        throw Error(ErrorCode::unsupported,
                    "The model's trend or distance has covariates, which a grid does not know.",
                    "Name rasters of the covariates, or predict at a table of points and covariates.");
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Predictor predictor(model, options);
    ProgressMeter meter(progress, predictor.averaged() ? "Predicting, averaged over the posterior"
                                                       : "Predicting");
    const auto layers = static_cast<Index>(options.quantiles.size() + options.thresholds.size());
    double all = 0.0, done = 0.0;
    for (const GridTile& tile : tiles) all += static_cast<double>(tile.cell_count());
    for (const GridTile& tile : tiles) {
        throw_if_cancelled(stop);
        std::vector<Index> cells_of_tile = tile.active_cells(grid).of_tile;
        const auto cells = static_cast<double>(tile.cell_count());
        TilePrediction values;
        values.mean = values.standard_deviation = Vector::Constant(tile.cell_count(), nan);
        values.further = Matrix::Constant(tile.cell_count(), layers, nan);
        Points x;
        Matrix known;
        if (!cells_of_tile.empty()) x = working_from_map(model.dataset().coordinate_system,
                                 tile.centres(grid)(cells_of_tile, Eigen::all));
        if (by_covariates && !cells_of_tile.empty()) keep_known(covariates(x), cells_of_tile, x, known);
        if (!cells_of_tile.empty()) {
            const Prediction p = predictor.predict(
                x, known, [&](double part) { meter.report((done + part * cells) / all); }, stop);
            values.mean(cells_of_tile) = p.mean;
            values.standard_deviation(cells_of_tile) = p.variance.cwiseSqrt();
            const Index q = p.quantiles.cols();
            for (Index k = 0; k < layers; ++k)
                values.further(cells_of_tile, k) = k < q ? p.quantiles.col(k) : p.exceedance.col(k - q);
        }
        sink(tile, values);
        done += cells;
    }
    meter.report(1.0);
}

}  // namespace anamorph
