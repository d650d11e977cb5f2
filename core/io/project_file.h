// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "core/fit/fit.h"
#include "core/fit/options.h"
#include "core/io/covariate_raster.h"
#include "core/validate/ranking.h"

namespace anamorph {

/// Everything that the user made, in one GeoPackage: QGIS reads the sites (feature layer `sites`)
/// and the maps (gridded coverages `prediction`, `standard_deviation`); tables whose names begin
/// with `anamorph_` hold the rest.
struct Project {
    std::shared_ptr<const SpatialDataset> dataset;
    /// Where covariates that came from rasters can be had between the sites; their values at the sites
    /// are in the data set.
    std::vector<RasterSource> covariate_rasters;
    ModelSpecification specification;  ///< as asked for
    bool automatic = true;             ///< the automatic model was asked for
    FitOptions options;
    std::optional<FitResult> fit;
    std::optional<GridMap> map;    ///< of the chosen model
    /// The models that were compared by cross-validation, with their fits.
    std::optional<ValidationResult> validation;
    /// Place in `validation` of the model that was opened as `fit`; −1: `fit` was trained by itself.
    int compared_model = -1;
    /// The fit that was trained by itself, where `fit` is one of the compared models instead.
    std::optional<FitResult> trained;
    std::string view_state;        ///< JSON, written and read by the window
    std::vector<std::string> log;  ///< what was done, one line each, oldest first
};

/// Written to a temporary name beside `path`, then renamed: never half written.
/// @throws Error(input_output)
void save_project(const std::filesystem::path& path, const Project& project);

/// @throws Error(input_output | bad_input) with a sentence for a file that is missing, truncated,
/// tampered with, newer than this program, or no Anamorph project.
[[nodiscard]] Project open_project(const std::filesystem::path& path);

/// True if the file looks like a GeoPackage with Anamorph's tables (cheap).
[[nodiscard]] bool is_project_file(const std::filesystem::path& path);

}  // namespace anamorph
