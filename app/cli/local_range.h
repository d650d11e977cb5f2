// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>

#include "app/cli/points.h"
#include "core/data/prediction_grid.h"
#include "core/predict/local_range.h"

namespace anamorph::cli {

class Console;

/// Writes the posterior of the local range (median, 90 % interval, standard deviation of its logarithm)
/// on a grid, as a table or a GeoTIFF with four bands; returns the number of cells. Doubts are warned of.
Index write_local_range(const FittedModel& model, const PredictionGrid& grid,
                        const LocalRangeOptions& options, const std::string& out, Console& console,
                        std::stop_token stop);
/// The same at the points of a table, whose columns are copied; returns their number.
Index write_local_range(const FittedModel& model, const TablePoints& points,
                        const LocalRangeOptions& options, const std::string& out, Console& console,
                        std::stop_token stop);

}  // namespace anamorph::cli
