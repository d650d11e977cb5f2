// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/data/prediction_grid.h"

namespace anamorph {

/// A rectangle of cells of one level of a grid: columns first_x …, rows first_y … (from the south).
struct GridTile {
    Index first_x = 0, first_y = 0, level = 0;
    Index nx = 1, ny = 1;

    [[nodiscard]] Index cell_count() const { return nx * ny; }
    /// Flat index in `grid` of the tile's cell i (x fastest).
    [[nodiscard]] Index cell_of(const PredictionGrid& grid, Index i) const;
    /// Flat indices of the tile's cells that the mask keeps, and which of the tile's cells they are.
    struct ActiveCells {
        std::vector<Index> of_grid, of_tile;
    };
    [[nodiscard]] ActiveCells active_cells(const PredictionGrid& grid) const;
    /// Centres of all its cells, cell_count()×d, x fastest.
    [[nodiscard]] Points centres(const PredictionGrid& grid) const;
};

/// Squares of `edge` cells (smaller in the south and east), level by level, from the north-west, as
/// the blocks of a raster file lie; a row of `edge` cells after the other in one dimension.
[[nodiscard]] std::vector<GridTile> square_tiles(const PredictionGrid& grid, Index edge);
/// Whole rows, about `cells` cells together (at least one row), in the order of the flat index.
[[nodiscard]] std::vector<GridTile> row_tiles(const PredictionGrid& grid, Index cells);

}  // namespace anamorph
