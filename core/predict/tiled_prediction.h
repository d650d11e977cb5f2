// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/data/grid_tiles.h"
#include "core/predict/kriging.h"

namespace anamorph {

/// What is predicted on a tile, tile.cell_count() of each; NaN where the mask leaves a cell out.
struct TilePrediction {
    Vector mean;
    Vector standard_deviation;
    Matrix further;  ///< one column for each of further_layers(options)
};

/// Gets each tile when it is finished.
using TileSink = std::function<void(const GridTile& tile, const TilePrediction& values)>;

/// The trend's covariates at points (m×d, working coordinates), m×q; NaN where they are not known.
using CovariateSource = std::function<Matrix(const Points& x_in_geographic)>;

/// Predicts a grid tile by tile, in the order of `tiles`, without holding the whole map: memory is
/// bounded by the largest tile and the model. The values are those of predict_on_grid. A model whose
/// trend has covariates needs `covariates`; cells where these are not known are left out.
/// @throws what predict_at, `sink` and `covariates` throw; Error(unsupported) where they are missing.
void predict_tiles(const FittedModel& model, const PredictionGrid& grid,
                   const std::vector<GridTile>& tiles, const PredictOptions& options,
                   const TileSink& sink, const ProgressObserver& progress = {},
                   std::stop_token stop = {}, const CovariateSource& covariates = {});

}  // namespace anamorph
