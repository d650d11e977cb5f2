// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/spatial_dataset.h"
#include "core/io/import.h"
#include "core/io/table.h"

namespace anamorph {

// Several realisations of a field: a long table has a column that names them, a wide one a column of
// values for each.

/// The columns of values that a text names: one column, several separated by commas, or a range
/// "first:last" of columns as they stand in the table. @throws Error(bad_input)
[[nodiscard]] std::vector<int> value_columns(const Table& table, const std::string& text);

/// A wide table, whose roles name more than one column of values, as a long one: a row for each cell
/// that holds a value, the columns "value" and "realisation" (the name of the cell's column) in the place
/// of the wide ones. `options` gets the roles of the long table.
/// @throws Error(bad_input) for text among the values, or another column of realisations
[[nodiscard]] Table long_from_wide(const Table& table, ImportOptions& options);

/// Leaves out realisations of fewer than five rows, and all labels where one is left, with a note for
/// each. Nothing happens where no realisation is larger.
void leave_out_small_realisations(SpatialDataset& dataset);

/// Adds a note that says how many values, sites and realisations there are.
void note_realisations(SpatialDataset& dataset);

/// The label of a row: its text, or its number as it is written shortest; empty where it is missing.
[[nodiscard]] std::string label_in(const Table& table, const TableColumn& column, Index row);

/// The labels of all rows in a column. @throws Error(bad_input) for a column that there is not, or a
/// missing label
[[nodiscard]] std::vector<std::string> complete_labels(const Table& table, const std::string& column);

/// Groups of rows taken apart by realisation; those of one row are gone.
[[nodiscard]] std::vector<std::vector<Index>> within_realisations(
    const std::vector<std::vector<Index>>& groups, const SpatialDataset& dataset);

}  // namespace anamorph
