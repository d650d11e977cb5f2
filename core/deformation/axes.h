// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// What the axes of standardised coordinates are to a deformation.
struct Axes {
    int dimension = 2;         ///< d = 1, 2, 3, time included
    bool last_is_time = false; ///< the last axis is time, with a scale of its own
    bool alike = false;        ///< d = 3: geocentric coordinates, one scale for all three

    Axes(int dimension_of_space) : dimension(dimension_of_space) {}
    explicit Axes(const SpatialDataset& dataset)
        : dimension(dataset.dimension()),
          last_is_time(dataset.last_axis_is_time),
          alike(dataset.coordinate_system.chordal && dataset.dimension() == 3) {}

    [[nodiscard]] int space_dimension() const { return dimension - (last_is_time ? 1 : 0); }
};

}  // namespace anamorph
