// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/grid_tiles.h"
#include "core/data/spatial_dataset.h"
#include "core/io/atomic_file.h"
#include "core/io/raster.h"

namespace anamorph {

/// One layer of a TiledRaster.
struct LayerName {
    std::string description;
    bool in_value_unit = true;  ///< has the variable's unit
};

/// A GeoTIFF (Float64, uncompressed, nodata NaN, north up) that is written tile by tile. All its
/// space is taken when it is made, every cell nodata, so a disk that is too small is noticed before
/// the work; afterwards tiles are written in place, and at any time, also after a crash, the file
/// under its temporary name is a valid raster of the tiles that are finished.
class TiledRaster {
public:
    static constexpr Index block_edge = 256;  ///< the file's blocks: tiles of this edge fit best

    /// Layers of a grid with d = 2; with d = 3 the layers of one level after those of the other.
    /// @throws Error(input_output | unsupported)
    TiledRaster(const std::filesystem::path& path, const PredictionGrid& grid,
                const std::vector<LayerName>& layers, const SpatialDataset& of);

    ~TiledRaster();
    TiledRaster(const TiledRaster&) = delete;
    TiledRaster& operator=(const TiledRaster&) = delete;

    /// Writes `values` (tile.cell_count(), x fastest, from the south; NaN: nodata) to one layer.
    /// @throws Error(input_output | dimension_mismatch)
    void write(const GridTile& tile, std::size_t layer, const Vector& values);
    /// Brings everything to the disk, so that it outlives a crash.
    void flush();
    /// Gives the file its name, replacing what was there. Cells not written stay nodata. Without this
    /// call the file disappears with the object. @throws Error(input_output)
    void commit();

private:
    void create(const std::vector<LayerName>& layers, const SpatialDataset& of);
    [[noreturn]] void refuse(const QuietGdal& gdal);

    AtomicFile file_;
    PredictionGrid grid_;
    std::size_t layers_;
    Raster raster_;
};

/// " at pressure_dbar = 125" for a level of a 3-D grid, else nothing.
[[nodiscard]] std::string level_text(const PredictionGrid& grid, const SpatialDataset& of,
                                     Index level);

}  // namespace anamorph
