// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"

namespace anamorph::testing {

/// A map over the sites' surroundings with made-up layers, missing outside the grid's mask.
inline GridMap map_over(const SpatialDataset& dataset, Index cells) {
    GridMap map;
    map.grid = PredictionGrid::around(dataset.coordinates, cells);
    map.mean = Vector::LinSpaced(map.grid.cell_count(), -3.0, 1.0 / 3.0);
    map.standard_deviation = map.mean.array().abs() + 0.1;
    for (std::size_t i = 0; i < map.grid.mask.size(); ++i)
        if (map.grid.mask[i] == 0)
            map.mean[static_cast<Index>(i)] = map.standard_deviation[static_cast<Index>(i)] =
                std::numeric_limits<double>::quiet_NaN();
    return map;
}

}  // namespace anamorph::testing
