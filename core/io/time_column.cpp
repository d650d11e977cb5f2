// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/time_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/base/error.h"
#include "core/data/time_axis.h"
#include "core/io/column_names.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

/// "day" of a column called "day" or "days", "h" of "time_h"; the unit in a name such as "t (h)" otherwise.
std::string unit_in_name(const std::string& name) {
    const ColumnName parsed = parse_column_name(name);
    if (!parsed.unit.empty()) return parsed.unit;
    for (const std::string_view unit : {"second", "minute", "hour", "day", "week", "month", "year"})
        if (parsed.stem == unit || parsed.stem == std::string(unit) + "s") return std::string(unit);
    const std::size_t bar = parsed.stem.rfind('_');
    const std::string last = bar == std::string::npos ? std::string() : parsed.stem.substr(bar + 1);
    for (const std::string_view unit : {"s", "min", "h", "hours", "day", "days", "d", "weeks", "months", "years"})
        if (last == unit) return last;
    return {};
}

std::string cell_place(const Table& table, const TableColumn& column, std::size_t row) {
    return place(table.path, table.lines[row]) + ", column \"" + column.name + "\"";
}

}  // namespace

TimeColumn time_column(const Table& table, int index, const std::string& unit) {
    const TableColumn& column = table.columns[static_cast<std::size_t>(index)];
    if (column.missing == table.rows())
        throw Error(ErrorCode::bad_input,
                    quoted_name(table.path) + ": all cells of column \"" + column.name + "\" are missing.",
                    "Choose another column, or check the missing-value tokens.");
    TimeColumn result;
    result.times.resize(table.rows());
    const auto rows = static_cast<std::size_t>(table.rows());
    if (column.numeric) {
        result.unit = unit.empty() ? unit_in_name(column.name) : unit;
        for (std::size_t row = 0; row < rows; ++row) {
            if (std::isinf(column.numbers[row]))
                throw Error(ErrorCode::bad_input,
                            cell_place(table, column, row) + ": the time is infinite or too large.",
                            "Correct the cell, or leave it empty to mark it as missing.");
            result.times(static_cast<Index>(row)) = column.numbers[row];
        }
        return result;
    }
    result.unit = calendar_unit;
    const auto& missing = table.format.missing_tokens;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string& text = column.texts[row];
        double& time = result.times(static_cast<Index>(row));
        time = std::numeric_limits<double>::quiet_NaN();
        if (std::find(missing.begin(), missing.end(), text) != missing.end()) continue;
        const auto days = days_from_iso(text);
        if (!days)
            throw Error(ErrorCode::bad_input,
                        cell_place(table, column, row) + ": \"" + text + "\" is no time.",
                        "Times are numbers, or dates such as 2016-07-01 or 2016-07-01T12:30.");
        time = *days;
    }
    return result;
}

}  // namespace anamorph
