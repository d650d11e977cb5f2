// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/data/coordinate_system.h"
#include "core/data/prediction_grid.h"

class GDALDataset;

namespace anamorph {

/// Closes a GDAL data set, which also writes what is pending.
struct CloseRaster {
    void operator()(GDALDataset* dataset) const;
};
using Raster = std::unique_ptr<GDALDataset, CloseRaster>;

/// Makes GDAL's drivers known (once) and keeps GDAL from printing while it lives; what GDAL had to
/// say last is in `last_message()`.
class QuietGdal {
public:
    QuietGdal();
    ~QuietGdal();
    QuietGdal(const QuietGdal&) = delete;
    QuietGdal& operator=(const QuietGdal&) = delete;
    /// "" or " (what GDAL said)".
    [[nodiscard]] std::string last_message() const;
};

/// One layer of cells to be written as a band.
struct RasterBand {
    std::string description;
    std::string unit;
    Eigen::Ref<const Vector> values;  ///< nx·ny, x fastest, from south to north
};

/// Number type of a raster's cells.
enum class RasterType { float32, float64 };

/// Writes bands over the first two axes of a grid to `path` with the named GDAL driver and its
/// creation options ("KEY=VALUE"). Row 0 of the file is the north. NaN cells become `no_data`.
/// @throws Error(input_output) with GDAL's words.
void write_raster(const std::filesystem::path& path, const std::string& driver, RasterType type,
                  const std::vector<std::string>& creation_options, const PredictionGrid& grid,
                  const std::vector<RasterBand>& bands, const CoordinateSystem& system,
                  double no_data);

}  // namespace anamorph
