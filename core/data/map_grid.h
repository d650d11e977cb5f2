// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"

namespace anamorph {

/// A grid for maps of a data set: PredictionGrid::around its sites. On the sphere the cells are of
/// longitude and latitude. With time the grid is one of space at each of `times` (ascending; empty: the
/// middle of the data's times), and its mask that of all sites whatever their times.
/// @throws Error(bad_input) as PredictionGrid::around, and for times that are not finite.
[[nodiscard]] PredictionGrid map_grid(const SpatialDataset& dataset, Index cells_on_longest_side,
                                      const std::vector<double>& times = {}, double margin = 0.02,
                                      double mask_distance = 1.0);

/// The same grid of space at each of the times, which become its last axis.
[[nodiscard]] PredictionGrid at_times(const PredictionGrid& of_space, std::vector<double> times);

/// One time's cells of a map with times (level counts `grid.times`), as a map of space alone.
[[nodiscard]] GridMap level_of(const GridMap& map, Index level);

/// Times that a map of space with time is made at where none are named: `count` of them, from the
/// first to the last of the data's.
[[nodiscard]] std::vector<double> spread_times(const SpatialDataset& dataset, int count);

}  // namespace anamorph
