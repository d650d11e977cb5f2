// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/data/spatial_dataset.h"

namespace CLI {
class App;
}

namespace anamorph::cli {

/// True for a project, also a damaged one: a file that is a GeoPackage by its name or its content.
[[nodiscard]] bool names_a_project(const std::string& path);

/// DATA and the options that say what its columns are, shared by evaluate, fit and validate.
struct DataOptions {
    std::string path;
    std::string x, y, z, value, weight, group;
    std::vector<std::string> covariates;
    std::string duplicates = "average";
    std::string coordinate_system, coordinate_unit, value_unit;

    void add_to(CLI::App& command, bool required = true);
    /// Reads a table or the data of a project. Notes of the import go to the console.
    /// @throws UsageError, Error
    [[nodiscard]] std::shared_ptr<const SpatialDataset> load(Console& console,
                                                             std::stop_token stop = {}) const;
};

}  // namespace anamorph::cli
