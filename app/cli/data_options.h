// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/data/spatial_dataset.h"
#include "core/io/covariate_raster.h"

namespace CLI {
class App;
}

namespace anamorph::cli {

/// True for a project, also a damaged one: a file that is a GeoPackage by its name or its content.
[[nodiscard]] bool names_a_project(const std::string& path);

/// --drift-raster, shared by what reads data and what predicts.
void add_drift_rasters(CLI::App& command, std::vector<std::string>& texts);
/// The rasters that such texts name, with absolute paths. @throws UsageError
[[nodiscard]] std::vector<RasterSource> parsed_rasters(const std::vector<std::string>& texts);

/// DATA and the options that say what its columns are, shared by evaluate, fit and validate.
struct DataOptions {
    std::string path;
    std::string x, y, z, value, weight, group, realisation;
    std::vector<std::string> covariates, drift_rasters;
    std::string duplicates = "average";
    std::string coordinate_system, coordinate_unit, value_unit;
    std::string time, time_unit, degrees = "plane";
    bool departures = false;

    void add_to(CLI::App& command, bool required = true);
    [[nodiscard]] bool has_covariates() const { return !covariates.empty() || !drift_rasters.empty(); }
    /// The rasters that were named. @throws UsageError
    [[nodiscard]] std::vector<RasterSource> rasters() const;
    /// Reads a table or the data of a project, with the rasters' values at the sites. Notes of the
    /// import go to the console, the rasters of the covariates (a project's too) to `rasters`.
    /// @throws UsageError, Error
    [[nodiscard]] std::shared_ptr<const SpatialDataset> load(
        Console& console, std::stop_token stop = {}, std::vector<RasterSource>* rasters = nullptr) const;
};

}  // namespace anamorph::cli
