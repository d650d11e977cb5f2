// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/raster.h"

#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <mutex>

#include "core/base/error.h"
#include "core/io/spatial_reference.h"

namespace anamorph {

namespace {

[[noreturn]] void refuse_raster(const std::filesystem::path& path, const QuietGdal& gdal) {
    throw Error(
        ErrorCode::input_output,
        "The raster \"" + path.string() + "\" could not be written" + gdal.last_message() + ".",
        "Check that you may write there and that the disk is not full.");
}

/// Values with the north in the first row and `no_data` for NaN.
std::vector<double> north_up(const Eigen::Ref<const Vector>& values, Index nx, Index ny,
                             double no_data) {
    std::vector<double> rows(static_cast<std::size_t>(nx * ny));
    for (Index j = 0; j < ny; ++j)
        for (Index i = 0; i < nx; ++i) {
            const double value = values[i + nx * j];
            rows[static_cast<std::size_t>(i + nx * (ny - 1 - j))] =
                std::isnan(value) ? no_data : value;
        }
    return rows;
}

Raster raster_in_memory(RasterType type, const PredictionGrid& grid,
                        const std::vector<RasterBand>& bands, const CoordinateSystem& system,
                        double no_data) {
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
    if (!driver) return nullptr;
    const auto nx = static_cast<int>(grid.shape[0]);
    const auto ny = static_cast<int>(grid.shape[1]);
    Raster raster(driver->Create("", nx, ny, static_cast<int>(bands.size()),
                                 type == RasterType::float32 ? GDT_Float32 : GDT_Float64, nullptr));
    if (!raster) return nullptr;
    double transform[6] = {
        grid.origin[0],    grid.cell_size[0], 0.0, grid.origin[1] + grid.cell_size[1] * ny, 0.0,
        -grid.cell_size[1]};
    raster->SetGeoTransform(transform);
    const SpatialReference reference = spatial_reference_of(system);
    if (reference) raster->SetSpatialRef(reference.get());
    for (std::size_t b = 0; b < bands.size(); ++b) {
        GDALRasterBand* band = raster->GetRasterBand(static_cast<int>(b) + 1);
        band->SetNoDataValue(no_data);
        band->SetDescription(bands[b].description.c_str());
        if (!bands[b].unit.empty()) band->SetUnitType(bands[b].unit.c_str());
        std::vector<double> rows = north_up(bands[b].values, nx, ny, no_data);
        if (band->RasterIO(GF_Write, 0, 0, nx, ny, rows.data(), nx, ny, GDT_Float64, 0, 0,
                           nullptr) != CE_None)
            return nullptr;
    }
    return raster;
}

}  // namespace

void CloseRaster::operator()(GDALDataset* dataset) const {
    GDALClose(dataset);
}

QuietGdal::QuietGdal() {
    static std::once_flag once;
    std::call_once(once, GDALAllRegister);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
}

QuietGdal::~QuietGdal() {
    CPLPopErrorHandler();
}

std::string QuietGdal::last_message() const {
    const std::string message = CPLGetLastErrorMsg();
    return message.empty() ? message : " (" + message + ")";
}

void write_raster(const std::filesystem::path& path, const std::string& driver_name,
                  RasterType type, const std::vector<std::string>& creation_options,
                  const PredictionGrid& grid, const std::vector<RasterBand>& bands,
                  const CoordinateSystem& system, double no_data) {
    const QuietGdal gdal;
    for (const RasterBand& band : bands)
        if (grid.dimension() < 2 || band.values.size() != grid.shape[0] * grid.shape[1])
            throw Error(ErrorCode::dimension_mismatch,
                        "A raster's values do not have the shape of its grid.");
    const Raster memory = raster_in_memory(type, grid, bands, system, no_data);
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(driver_name.c_str());
    if (!memory || !driver) refuse_raster(path, gdal);
    CPLStringList options;
    for (const std::string& option : creation_options) options.AddString(option.c_str());
    const Raster written(
        driver->CreateCopy(path.c_str(), memory.get(), FALSE, options.List(), nullptr, nullptr));
    if (!written) refuse_raster(path, gdal);
    written->FlushCache();
    if (CPLGetLastErrorType() >= CE_Failure) refuse_raster(path, gdal);
}

}  // namespace anamorph
