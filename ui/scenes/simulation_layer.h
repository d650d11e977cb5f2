// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// Conditional simulations as both spaces show them: the mesh of their grid, whose mean and standard
/// deviation are those over the simulations, and the simulations themselves, of which the corners'
/// values are made one at a time.
struct SimulationLayer {
    MapMesh mesh;      ///< d > 1
    CurveLayer curve;  ///< d = 1: mean and standard deviation over the simulations
    std::shared_ptr<const Matrix> draws;  ///< cells of the grid × count
    Limits sd_limits;
    std::vector<FurtherLayer> further;  ///< quantiles and shares above thresholds; `mesh` and `curve` hold them, too

    [[nodiscard]] int count() const { return static_cast<int>(draws->cols()); }
    /// Values of one simulation at the corners of the mesh (d > 1) or along the curve (d = 1).
    [[nodiscard]] Vector realisation(int index) const;
    /// simulation_passage from one simulation to the next (after the last the first), t from 0 to 1: a film
    /// through them is true, and smooth from three on.
    [[nodiscard]] Vector passage(int index, double t) const;
};

/// The snapshot with simulations: `summary` holds their grid, mean and standard deviation, `draws`
/// has a column for each (cell_count()×count). Off the window's thread.
/// @throws Error(dimension_mismatch)
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> with_simulations(
    const std::shared_ptr<const SpacesSnapshot>& snapshot, const SpatialMapSource& source,
    const GridMap& summary, std::shared_ptr<const Matrix> draws);

}  // namespace anamorph
