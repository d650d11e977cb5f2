// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// Sends points m×d to deformed coordinates m×d.
[[nodiscard]] PointsInBoth in_both(const SpatialMapSource& source, Points x_in_geographic);

/// A regular lattice over the box of `grid`, `count` nodes on the longest side (each axis at least
/// two); log|det J| only where asked for.
[[nodiscard]] BentLattice build_lattice(const SpatialMapSource& source, const PredictionGrid& grid,
                                        Index count, bool with_log_det);

/// Grid lines over the box of `grid`, `count` cells on the longest side (d = 3: on each side),
/// drawn only where the mask keeps the cell below (d = 2).
[[nodiscard]] WarpGrid build_warp_grid(const SpatialMapSource& source, const PredictionGrid& grid,
                                       int count);

/// The cells of a map (d = 2), or its three mid-sections (d = 3).
[[nodiscard]] MapMesh build_map_mesh(const SpatialMapSource& source, const GridMap& map);

/// Values at the corners of a mesh: the mean over the cells that meet there. `values`: one for each
/// cell of the grid.
[[nodiscard]] Vector corner_means(const MapMesh& mesh, const Eigen::Ref<const Vector>& values);

/// Local ellipses on a lattice with `count` centres on the longest side (d = 2).
[[nodiscard]] EllipseField build_ellipses(const SpatialMapSource& source,
                                          const PredictionGrid& grid, int count);

/// Correlation against deformed distance, from the centre of the box of `grid` outwards.
[[nodiscard]] CorrelationProfile build_profile(const SpatialMapSource& source,
                                               const PredictionGrid& grid);

/// d = 1: the map as curves.
[[nodiscard]] CurveLayer build_curve(const SpatialMapSource& source, const PredictionGrid& grid,
                                     const GridMap* map);

/// Flat index of the cell that holds a point (1×d), or −1 outside the grid or its mask.
[[nodiscard]] Index cell_at(const PredictionGrid& grid, const Points& x);

}  // namespace anamorph
