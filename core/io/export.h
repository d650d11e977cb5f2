// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "core/io/table.h"
#include "core/predict/kriging.h"

namespace anamorph {

/// GeoTIFF, Float64, band 1 `mean`, band 2 `standard deviation`, then the map's further layers
/// (probabilities have no unit), nodata NaN, with the working
/// coordinate system and units; d = 2 (d = 3: these bands for each level). Written to a temporary
/// name and renamed. @throws Error(input_output | unsupported)
void write_geotiff(const std::filesystem::path& path, const GridMap& map, const SpatialDataset& of);
/// One single-band GeoTIFF of `values` (cell_count()).
void write_geotiff(const std::filesystem::path& path, const PredictionGrid& grid,
                   const Vector& values, const std::string& description, const SpatialDataset& of);

/// CSV of a map: coordinates (and longitude, latitude where projected), mean, sd and the further
/// layers ("q0.05", "above_50"); masked cells are left out. @throws Error(input_output)
void write_map_csv(const std::filesystem::path& path, const GridMap& map, const SpatialDataset& of);

/// Copies the columns of `table` and adds `mean`, `sd` and the quantiles and probabilities that the
/// options asked for. @throws Error(input_output | dimension_mismatch)
void write_predictions_csv(const std::filesystem::path& path, const Table& table,
                           const Prediction& prediction, const PredictOptions& options = {});

/// Copies the columns of `table` and adds others (table.rows() × names).
/// @throws Error(input_output | dimension_mismatch)
void write_columns_csv(const std::filesystem::path& path, const Table& table,
                       const std::vector<std::string>& names, const Matrix& values);

/// Conditional simulations of a grid (cell_count() × names, NaN outside the mask) as a table like
/// that of write_map_csv, or as a GeoTIFF with one band a simulation (d = 3: for each level); the last
/// `without_unit` columns are no values of the variable (probabilities).
/// @throws Error(input_output | unsupported | dimension_mismatch)
void write_draws_csv(const std::filesystem::path& path, const PredictionGrid& grid,
                     const Matrix& values, const std::vector<std::string>& names,
                     const SpatialDataset& of);
void write_draws_geotiff(const std::filesystem::path& path, const PredictionGrid& grid,
                         const Matrix& values, const std::vector<std::string>& names,
                         const SpatialDataset& of, std::size_t without_unit = 0);

/// Any numeric table with named columns (rows × columns), 15 significant digits.
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& columns);

}  // namespace anamorph
