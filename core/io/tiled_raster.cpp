// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tiled_raster.h"

#include <cpl_string.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/base/error.h"
#include "core/data/time_axis.h"
#include "core/io/spatial_reference.h"

namespace anamorph {

namespace {

/// The smallest multiple of 16 that holds a narrow raster, else the usual edge.
std::string tile_edge(Index cells) {
    return std::to_string(std::min(TiledRaster::block_edge, (cells + 15) / 16 * 16));
}

}  // namespace

TiledRaster::TiledRaster(const std::filesystem::path& path, const PredictionGrid& grid,
                         const std::vector<LayerName>& layers, const SpatialDataset& of)
    : file_(path), grid_(grid), layers_(layers.size()) {
    if (grid.dimension() < 2 || (grid.dimension() == 2 && grid.times.size() > 0))
        throw Error(ErrorCode::unsupported, "A GeoTIFF needs a map in two or three dimensions.",
                    "Export a prediction on a line, also at several times, as CSV.");
    if (static_cast<Index>(layers_) * (grid.dimension() == 3 ? grid.shape[2] : 1) > 60'000)
        throw Error(ErrorCode::unsupported, "A GeoTIFF holds at most 60,000 bands.",
                    "Write fewer levels or layers, or a CSV file.");
    create(layers, of);
}

TiledRaster::~TiledRaster() {
    const QuietGdal gdal;
    raster_.reset();
}

void TiledRaster::refuse(const QuietGdal& gdal) {
    const std::string reason = gdal.last_message();
    raster_.reset();  // may fail too, which is to be no news
    throw Error(ErrorCode::input_output,
                "The raster \"" + file_.target().string() + "\" could not be written" + reason + ".",
                "Check that you may write there and that the disk is not full.");
}

void TiledRaster::create(const std::vector<LayerName>& layers, const SpatialDataset& of) {
    const QuietGdal gdal;
    const Index nx = grid_.shape[0], ny = grid_.shape[1];
    const Index levels = grid_.dimension() == 3 ? grid_.shape[2] : 1;
    CPLStringList options;
    options.SetNameValue("TILED", "YES");
    options.SetNameValue("BLOCKXSIZE", tile_edge(nx).c_str());
    options.SetNameValue("BLOCKYSIZE", tile_edge(ny).c_str());
    options.SetNameValue("INTERLEAVE", "BAND");
    options.SetNameValue("BIGTIFF", "IF_SAFER");
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    if (!driver) refuse(gdal);
    raster_.reset(driver->Create(file_.temporary().c_str(), static_cast<int>(nx),
                                 static_cast<int>(ny),
                                 static_cast<int>(levels * static_cast<Index>(layers_)),
                                 GDT_Float64, options.List()));
    if (!raster_) refuse(gdal);
    double transform[6] = {grid_.origin[0], grid_.cell_size[0], 0.0,
                           grid_.origin[1] + grid_.cell_size[1] * static_cast<double>(ny), 0.0,
                           -grid_.cell_size[1]};
    raster_->SetGeoTransform(transform);
    const SpatialReference reference = spatial_reference_of(of.coordinate_system);
    if (reference) raster_->SetSpatialRef(reference.get());
    int number = 0;
    for (Index level = 0; level < levels; ++level)
        for (const LayerName& layer : layers) {
            GDALRasterBand* band = raster_->GetRasterBand(++number);
            band->SetDescription((layer.description + level_text(grid_, of, level)).c_str());
            if (layer.in_value_unit && !of.value_unit.empty())
                band->SetUnitType(of.value_unit.c_str());
        }
    // Blocks that hold nothing but the nodata value would be left for later, so it is told last.
    for (int b = 1; b <= number; ++b)
        if (raster_->GetRasterBand(b)->Fill(missing_value) != CE_None) refuse(gdal);
    raster_->FlushCache();
    for (int b = 1; b <= number; ++b) raster_->GetRasterBand(b)->SetNoDataValue(missing_value);
    raster_->FlushCache();
    if (CPLGetLastErrorType() >= CE_Failure) refuse(gdal);
}

void TiledRaster::write(const GridTile& tile, std::size_t layer, const Vector& values) {
    const Index ny = grid_.shape[1];
    if (values.size() != tile.cell_count() || layer >= layers_ || tile.first_x < 0 ||
        tile.first_y < 0 || tile.first_x + tile.nx > grid_.shape[0] || tile.first_y + tile.ny > ny)
        throw Error(ErrorCode::dimension_mismatch, "A tile does not fit the raster it belongs to.");
    const QuietGdal gdal;
    if (!raster_) refuse(gdal);
    std::vector<double> north_up(static_cast<std::size_t>(tile.cell_count()));
    for (Index j = 0; j < tile.ny; ++j)
        std::copy_n(values.data() + (tile.ny - 1 - j) * tile.nx, tile.nx,
                    north_up.begin() + j * tile.nx);
    const int band = static_cast<int>(tile.level * static_cast<Index>(layers_) +
                                      static_cast<Index>(layer)) + 1;
    const int nx = static_cast<int>(tile.nx), rows = static_cast<int>(tile.ny);
    if (raster_->GetRasterBand(band)->RasterIO(GF_Write, static_cast<int>(tile.first_x),
                                               static_cast<int>(ny - tile.first_y - tile.ny), nx,
                                               rows, north_up.data(), nx, rows, GDT_Float64, 0, 0,
                                               nullptr) != CE_None)
        refuse(gdal);
}

void TiledRaster::flush() {
    const QuietGdal gdal;
    if (!raster_) refuse(gdal);
    raster_->FlushCache();
    if (CPLGetLastErrorType() >= CE_Failure) refuse(gdal);
}

void TiledRaster::commit() {
    flush();
    raster_.reset();
    file_.commit();
}

std::string level_text(const PredictionGrid& grid, const SpatialDataset& of, Index level) {
    if (grid.dimension() < 3) return {};
    const double z = grid.centre(2, level);
    if (grid.times.size() > 0 && is_calendar(of.time_unit)) return " at " + iso_from_days(z);
    char number[40];
    const auto end =
        std::to_chars(number, number + sizeof number, z, std::chars_format::general, 9);
    const std::string name = of.coordinate_names.size() > 2 ? of.coordinate_names[2] : "z";
    const std::string unit = grid.times.size() > 0 && !of.time_unit.empty() ? " " + of.time_unit : "";
    return " at " + name + " = " + std::string(number, end.ptr) + unit;
}

}  // namespace anamorph
