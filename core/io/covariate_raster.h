// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"

namespace anamorph {

/// One band of a raster file that is a covariate.
struct RasterSource {
    std::filesystem::path path;
    int band = 1;      ///< from 1
    std::string name;  ///< of the covariate
};

/// "FILE" or "FILE:band"; the name is the file's stem, with "_band" where it is not the first.
/// @throws Error(bad_input) for an empty file name or a band below 1.
[[nodiscard]] RasterSource raster_source(const std::string& text);

/// A raster (any that GDAL reads) that is sampled at points between which it is taken to be bilinear:
/// cell values stand for cell centres; in the outer half of the outer cells the value is that of the
/// nearest centres. Cells without data do not count; where the nearest has none, or outside the raster,
/// the value is NaN. The band's own scale and offset are applied.
///
/// A raster with a coordinate system is sampled there: the points are brought to it (PROJ). A raster
/// without one is taken to be in the coordinates of the data's file, data without one in those of the
/// raster. Not for several threads at once.
class CovariateRaster {
public:
    /// @throws Error(input_output) for a file that is missing or no raster; Error(bad_input) for a band
    /// that it has not, a raster without a place, or complex numbers.
    CovariateRaster(const RasterSource& source, const CoordinateSystem& working_system);
    ~CovariateRaster();
    CovariateRaster(const CovariateRaster&) = delete;
    CovariateRaster& operator=(const CovariateRaster&) = delete;

    /// Values at points (m×d, working coordinates, the first two count), m, NaN where there is none.
    /// @throws Error(input_output) where the file cannot be read, Error(bad_input) in one dimension.
    [[nodiscard]] Vector at(const Points& x_in_working) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Several rasters at points: m×(number of rasters). Errors as CovariateRaster.
[[nodiscard]] Matrix sample_rasters(const std::vector<RasterSource>& sources,
                                    const CoordinateSystem& working_system, const Points& x_in_working);

/// The data with one more covariate for each raster; sites where a raster has no value are left out,
/// with a note. @throws Error as CovariateRaster; Error(bad_input) where fewer than half the sites have
/// values, or for a name that a covariate has already.
[[nodiscard]] SpatialDataset with_raster_covariates(const SpatialDataset& dataset,
                                                    const std::vector<RasterSource>& sources);

/// The rasters of a data set's covariates, in their order, among those that are known.
/// @throws Error(unsupported) naming a covariate that has none: it is not known between the sites.
[[nodiscard]] std::vector<RasterSource> rasters_of_covariates(const SpatialDataset& dataset,
                                                              const std::vector<RasterSource>& known);

/// Covariates of the cells of a grid, cell_count()×q; cells where a raster has no value leave the mask.
/// @throws Error as CovariateRaster; Error(bad_input) where no cell has values.
[[nodiscard]] Matrix covariates_of_cells(const std::vector<RasterSource>& sources,
                                         const CoordinateSystem& working_system, PredictionGrid& grid);

}  // namespace anamorph
