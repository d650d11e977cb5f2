// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/grid_tiles.h"

#include <algorithm>

namespace anamorph {

namespace {

Index count_along(const PredictionGrid& grid, std::size_t axis) {
    return axis < grid.shape.size() ? grid.shape[axis] : 1;
}

}  // namespace

Index GridTile::cell_of(const PredictionGrid& grid, Index i) const {
    const Index x = first_x + i % nx, y = first_y + i / nx;
    return x + count_along(grid, 0) * (y + count_along(grid, 1) * level);
}

GridTile::ActiveCells GridTile::active_cells(const PredictionGrid& grid) const {
    ActiveCells active;
    for (Index i = 0; i < cell_count(); ++i) {
        const Index cell = cell_of(grid, i);
        if (!grid.mask.empty() && grid.mask[static_cast<std::size_t>(cell)] == 0) continue;
        active.of_grid.push_back(cell);
        active.of_tile.push_back(i);
    }
    return active;
}

Points GridTile::centres(const PredictionGrid& grid) const {
    const int d = grid.dimension();
    Points x(cell_count(), d);
    for (Index i = 0; i < cell_count(); ++i) {
        const Index index[3] = {first_x + i % nx, first_y + i / nx, level};
        for (int axis = 0; axis < d; ++axis)
            x(i, axis) = grid.centre(axis, index[axis]);
    }
    return x;
}

std::vector<GridTile> square_tiles(const PredictionGrid& grid, Index edge) {
    const Index nx = count_along(grid, 0), ny = count_along(grid, 1);
    std::vector<GridTile> tiles;
    for (Index level = 0; level < count_along(grid, 2); ++level)
        for (Index north = ny; north > 0; north -= std::min(edge, north))
            for (Index x = 0; x < nx; x += edge) {
                const Index rows = std::min(edge, north);
                tiles.push_back({x, north - rows, level, std::min(edge, nx - x), rows});
            }
    return tiles;
}

std::vector<GridTile> row_tiles(const PredictionGrid& grid, Index cells) {
    const Index nx = count_along(grid, 0), ny = count_along(grid, 1);
    const Index rows = std::max<Index>(1, cells / nx);
    std::vector<GridTile> tiles;
    for (Index level = 0; level < count_along(grid, 2); ++level)
        for (Index y = 0; y < ny; y += rows)
            tiles.push_back({0, y, level, nx, std::min(rows, ny - y)});
    return tiles;
}

}  // namespace anamorph
