// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/grid_tiles.h"
#include "core/data/spatial_dataset.h"
#include "core/io/csv_writer.h"

namespace anamorph {

/// A table of a grid's cells, written tile by tile: longitude and latitude where the data were
/// projected or geocentric, working coordinates (not geocentric ones; dates where times are dates), then
/// columns of values. Cells outside the mask are left out.
class MapCsv {
public:
    /// @throws Error(input_output)
    MapCsv(const std::filesystem::path& path, const PredictionGrid& grid, const SpatialDataset& of,
           const std::vector<std::string>& columns);

    /// Adds the rows of a tile; `values`: tile.cell_count() rows, a column for each name.
    /// @throws Error(input_output | dimension_mismatch)
    void write(const GridTile& tile, const Matrix& values);
    /// Gives the file its name; without this call it disappears. @throws Error(input_output)
    void commit() { csv_.finish(); }
    /// The same after an error or an interruption, with the rows that reached the disk.
    void keep_whole_rows() { csv_.keep_whole_rows(); }

private:
    const PredictionGrid grid_;
    const CoordinateSystem system_;
    const std::string time_unit_;
    const Index columns_;
    CsvWriter csv_;
};

}  // namespace anamorph
