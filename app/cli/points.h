// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "core/fit/fitted_model.h"
#include "core/io/project_file.h"
#include "core/io/table.h"
#include "core/predict/tiled_prediction.h"

namespace CLI {
class App;
}

namespace anamorph::cli {

/// Points of a table in the working coordinates of a data set.
struct TablePoints {
    Table table;
    Points coordinates;  ///< m×d, working coordinates
    Matrix covariates;   ///< m×q, in the order of the data set's
};

/// Reads points to predict at. Columns are found by the names that the data set's columns had,
/// or by `names` (x, y, z) where they are not empty; degrees are projected as the data were. A
/// covariate that is no column of the table is sampled from the raster of that name. Times are numbers
/// or dates of a column, or `time` for all points.
/// @throws Error(bad_input) for missing columns or values, with the line.
[[nodiscard]] TablePoints read_points(const std::string& path, const SpatialDataset& dataset,
                                      const std::array<std::string, 3>& names,
                                      const std::vector<RasterSource>& rasters = {},
                                      std::optional<double> time = std::nullopt);

/// The times that --time names, in the unit of the data's. @throws UsageError for data without time,
/// and for what is no time
[[nodiscard]] std::vector<double> parse_times(const std::vector<std::string>& texts,
                                              const SpatialDataset& dataset);

/// The project's rasters, with those of --drift-raster in their place: by the covariate's name, or, as
/// many as there are, in their order. @throws UsageError
[[nodiscard]] std::vector<RasterSource> rasters_of(const Project& project,
                                                   const std::vector<std::string>& drift_rasters);

/// Covariates at points of a map (working coordinates): from rasters, and on the sphere, where the time
/// is a covariate, the one time that --time names. @throws UsageError without it, where the model uses it
[[nodiscard]] CovariateSource covariates_of_grid(const std::vector<std::string>& times,
                                                 const std::vector<RasterSource>& rasters,
                                                 const FittedModel& model);
/// The same in all cells of a grid; those where one is missing are taken from the grid's mask.
/// @throws Error(bad_input) where none is left
[[nodiscard]] Matrix covariates_in_cells(const CovariateSource& source, const SpatialDataset& dataset,
                                         PredictionGrid& grid);
/// The times of a map's last axis; on the sphere, whose maps are of one time, none.
/// @throws UsageError for --time where the model knows no time
[[nodiscard]] std::vector<double> times_of_grid(const std::vector<std::string>& times, const FittedModel& model);

/// A numeric column without gaps. @throws Error(bad_input)
[[nodiscard]] Vector complete_column(const Table& table, const std::string& name);

/// --at with --x, --y and --z, and --grid: where to predict.
void add_places(CLI::App& command, std::string& at, std::array<std::string, 3>& names, std::string& grid);

/// --time and --time-column, shared by what predicts.
void add_time(CLI::App& command, std::vector<std::string>& times, std::string& column);
/// The one time that --time gives to all points of a table; nothing without it. @throws UsageError
[[nodiscard]] std::optional<double> one_time(const std::vector<std::string>& texts, const SpatialDataset& dataset);
/// The columns x, y, z of a table with that of the times at the last axis's place.
[[nodiscard]] std::array<std::string, 3> axis_columns(std::array<std::string, 3> names, const std::string& time,
                                                      const SpatialDataset& dataset);

/// "50", "50x40", "50x40x10": as many counts as dimensions (0: any number of them, up to three).
/// @throws UsageError
[[nodiscard]] std::vector<Index> parse_shape(const std::string& text, int dimension,
                                             const std::string& option);

/// A grid of space (counts as map_dimension without time) between lower and upper corners,
/// "xmin,ymin,xmax,ymax" as numbers (degrees on the sphere; empty: the sites' box with a margin), at each
/// of `times` where the data have time. @throws UsageError
[[nodiscard]] PredictionGrid grid_over(const SpatialDataset& dataset,
                                       const std::vector<Index>& shape,
                                       const std::vector<double>& bounds,
                                       const std::vector<double>& times = {});

/// The counts of --grid for these data. @throws UsageError
[[nodiscard]] std::vector<Index> map_shape(const std::string& text, const SpatialDataset& dataset);

/// --realisation of what predicts from a model of several.
void add_realisation(CLI::App& command, std::string& label);
/// The realisation that is asked for, or the model's own; empty where the data are one.
/// @throws Error(bad_input) for a label that there is not
[[nodiscard]] std::string chosen_realisation(const std::string& label, const FittedModel& model);

/// The model of the project at `path`. @throws Error(bad_input) where there is none.
[[nodiscard]] const FittedModel& model_of(const Project& project, const std::string& path);

}  // namespace anamorph::cli
