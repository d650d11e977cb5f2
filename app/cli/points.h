// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "core/io/project_file.h"
#include "core/io/table.h"

namespace anamorph::cli {

/// Points of a table in the working coordinates of a data set.
struct TablePoints {
    Table table;
    Points coordinates;  ///< m×d, working coordinates
    Matrix covariates;   ///< m×q, in the order of the data set's
};

/// Reads points to predict at. Columns are found by the names that the data set's columns had,
/// or by `names` (x, y, z) where they are not empty; degrees are projected as the data were. A
/// covariate that is no column of the table is sampled from the raster of that name.
/// @throws Error(bad_input) for missing columns or values, with the line.
[[nodiscard]] TablePoints read_points(const std::string& path, const SpatialDataset& dataset,
                                      const std::array<std::string, 3>& names,
                                      const std::vector<RasterSource>& rasters = {});

/// The project's rasters, with those of --drift-raster in their place: by the covariate's name, or, as
/// many as there are, in their order. @throws UsageError
[[nodiscard]] std::vector<RasterSource> rasters_of(const Project& project,
                                                   const std::vector<std::string>& drift_rasters);

/// A numeric column without gaps. @throws Error(bad_input)
[[nodiscard]] Vector complete_column(const Table& table, const std::string& name);

/// "50", "50x40", "50x40x10": as many counts as dimensions (0: any number of them, up to three).
/// @throws UsageError
[[nodiscard]] std::vector<Index> parse_shape(const std::string& text, int dimension,
                                             const std::string& option);

/// Lower and upper corners, "xmin,ymin,xmax,ymax" as numbers. Empty: the sites' box with a margin.
/// @throws UsageError
[[nodiscard]] PredictionGrid grid_over(const SpatialDataset& dataset,
                                       const std::vector<Index>& shape,
                                       const std::vector<double>& bounds);

/// The model of the project at `path`. @throws Error(bad_input) where there is none.
[[nodiscard]] const FittedModel& model_of(const Project& project, const std::string& path);

}  // namespace anamorph::cli
