// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/types.h"
#include "core/io/table.h"

namespace anamorph {

/// The times of a table's rows.
struct TimeColumn {
    Vector times;      ///< rows; NaN where missing
    std::string unit;  ///< "s", "day"; calendar_unit where the cells are dates; may be empty
};

/// Reads a column of times: numbers in `unit` (empty: as the column's name says), or dates and times of
/// ISO 8601. @throws Error(bad_input) naming the line of a cell that is neither, for a column without
/// times, and for times that are infinite.
[[nodiscard]] TimeColumn time_column(const Table& table, int column, const std::string& unit);

}  // namespace anamorph
