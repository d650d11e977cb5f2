// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <algorithm>

#include "core/data/grid_tiles.h"

using namespace anamorph;

namespace {

PredictionGrid grid_of(const std::vector<Index>& shape) {
    PredictionGrid grid;
    const auto d = static_cast<Index>(shape.size());
    grid.shape = shape;
    grid.origin = Vector::LinSpaced(d, 10.0, 30.0);
    grid.cell_size = Vector::LinSpaced(d, 0.5, 2.0);
    return grid;
}

}  // namespace

class TestGridTiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tiles_cover_each_cell_once() {
        for (const std::vector<Index>& shape :
             {std::vector<Index>{37}, {37, 21}, {16, 16}, {1, 50}, {37, 21, 3}, {5, 1, 2}}) {
            const PredictionGrid grid = grid_of(shape);
            const Points centres = grid.centres();
            for (const auto& tiles : {square_tiles(grid, 16), square_tiles(grid, 1000), row_tiles(grid, 100), row_tiles(grid, 1)}) {
                std::vector<int> seen(static_cast<std::size_t>(grid.cell_count()), 0);
                for (const GridTile& tile : tiles) {
                    const Points x = tile.centres(grid);
                    QCOMPARE(x.rows(), tile.cell_count());
                    for (Index i = 0; i < tile.cell_count(); ++i) {
                        const Index cell = tile.cell_of(grid, i);
                        ++seen[static_cast<std::size_t>(cell)];
                        QVERIFY((x.row(i) - centres.row(cell)).cwiseAbs().maxCoeff() < 1e-12);
                    }
                }
                QVERIFY(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
            }
        }
    }

    void square_tiles_lie_as_blocks_of_a_raster() {
        const std::vector<GridTile> tiles = square_tiles(grid_of({40, 20}), 16);
        QCOMPARE(tiles.size(), std::size_t{6});
        QCOMPARE(tiles[0].first_y, Index{4});  // the north comes first, in full blocks
        QCOMPARE(tiles[0].ny, Index{16});
        QCOMPARE(tiles[2].nx, Index{8});
        QCOMPARE(tiles[3].first_y, Index{0});
        QCOMPARE(tiles[3].ny, Index{4});
    }

    void row_tiles_follow_the_flat_index() {
        const PredictionGrid grid = grid_of({7, 9, 2});
        Index next = 0;
        for (const GridTile& tile : row_tiles(grid, 20))
            for (Index i = 0; i < tile.cell_count(); ++i) QCOMPARE(tile.cell_of(grid, i), next++);
        QCOMPARE(next, grid.cell_count());
    }

    void masked_cells_are_not_active() {
        PredictionGrid grid = grid_of({10, 10});
        grid.mask.assign(100, 1);
        grid.mask[23] = 0;
        const GridTile tile{2, 1, 0, 4, 3};
        const GridTile::ActiveCells active = tile.active_cells(grid);
        QCOMPARE(active.of_grid.size(), std::size_t{11});
        QVERIFY(std::find(active.of_grid.begin(), active.of_grid.end(), 23) == active.of_grid.end());
        QVERIFY(std::find(active.of_tile.begin(), active.of_tile.end(), 5) == active.of_tile.end());
    }
};

QTEST_GUILESS_MAIN(TestGridTiles)
#include "test_grid_tiles.moc"
