// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/spatial_dataset.h"
#include "core/io/table.h"

namespace anamorph {

enum class ColumnRole { unused, x, y, z, value, covariate, weight, group, time, realisation };
[[nodiscard]] std::string to_string(ColumnRole role);

/// What becomes of longitude and latitude.
enum class DegreesAs {
    plane,   ///< projected to an equal-area plane in km
    sphere,  ///< geocentric coordinates in km: distances are chords of the sphere
};

/// What to do with several measurements at one site.
enum class DuplicatePolicy { average, keep };

struct ImportOptions {
    std::vector<ColumnRole> roles;  ///< one for each column of the table
    DuplicatePolicy duplicates = DuplicatePolicy::average;
    /// x and y are longitude and latitude; `degrees` says what becomes of them.
    bool coordinates_are_degrees = false;
    DegreesAs degrees = DegreesAs::plane;
    /// Of a column of times that are numbers ("s", "day"); empty: as its name says. Dates of ISO 8601
    /// become days since 1970-01-01. On the sphere the time is a covariate.
    std::string time_unit;
    std::string coordinate_unit;  ///< "m", "km", "ft", …; empty: unknown
    std::string value_unit;
    std::string coordinate_system;  ///< anything PROJ understands ("EPSG:2154", WKT); empty: local
    std::string dataset_name;       ///< empty: the file's stem
};

/// Roles, degrees and units guessed from names and numbers; for the user to change.
[[nodiscard]] ImportOptions guess_import_options(const Table& table);

/// Sets degrees and units again from the columns that now have the roles x, y and value; for use
/// after the user changed roles.
void guess_degrees_and_units(const Table& table, ImportOptions& options);

/// Builds and validates the data set. Several columns of values are several realisations of the field,
/// named by their columns; so are the rows of a column with the role `realisation`. Duplicates are
/// judged within a realisation. Rows with a missing coordinate, value, used covariate, weight
/// or group are left out, and a note names their lines; nothing is dropped silently. Near-duplicates
/// (closer than 1e-9 of the extent) count as duplicates and are reported.
/// @throws Error(bad_input) with file, line, column and what to do; Error(dimension_mismatch).
[[nodiscard]] SpatialDataset import_dataset(const Table& table, const ImportOptions& options);

/// Opens a table with guessed format and roles, except where `x`, `y`, `z`, `value`, … name a
/// column (empty: guess). Where `x` is given, y and z are coordinates only if they are given too.
/// `value` may name several columns (value_columns): realisations.
/// What `anamorph-cli DATA --x … --value …` and `./run.sh FILE` use.
struct QuickImport {
    std::string x, y, z, value;
    std::vector<std::string> covariates;
    std::string weight;
    std::string group;  ///< column whose equal cells (text or numbers) are held out together
    DuplicatePolicy duplicates = DuplicatePolicy::average;
    std::string coordinate_system, coordinate_unit, value_unit;
    std::string time, time_unit;  ///< column of times
    std::string realisation;  ///< column that says which realisation of the field (a day, say) a row is of
    DegreesAs degrees = DegreesAs::plane;
};
[[nodiscard]] SpatialDataset import_file(const std::filesystem::path& path,
                                         const QuickImport& choices = {},
                                         const ProgressObserver& progress = {},
                                         std::stop_token stop = {});

}  // namespace anamorph
