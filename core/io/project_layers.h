// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"

namespace anamorph {

/// Creates a GeoPackage with the point layer `sites`: the sites in working coordinates ((x, 0) for
/// d = 1, with z for d = 3), and as attributes the value, covariates, weight, the file's own
/// longitude and latitude where they were projected, and the line in the source file.
/// @throws Error(input_output)
void create_sites_layer(const std::filesystem::path& path, const SpatialDataset& dataset);

/// Adds the gridded coverages `prediction` and `standard_deviation`, and one for each further layer
/// ("q0_05", "above_50"; Float32: what GeoPackage's
/// tiles hold) for d = 2; nothing for d = 1 and 3. @throws Error(input_output)
void add_map_coverages(const std::filesystem::path& path, const GridMap& map,
                       const SpatialDataset& dataset);

/// @throws Error(bad_input) if the layer `sites` is missing or differs from the data set.
void check_sites_layer(const std::filesystem::path& path, const SpatialDataset& dataset);

}  // namespace anamorph
