// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <set>

#include "core/io/column_names.h"
#include "core/io/import.h"

namespace anamorph {

namespace {

/// A column that holds numbers, or would but for a few bad cells (import then names those).
bool is_measured(const TableColumn& column, long rows) {
    return (column.numeric && column.missing < rows) || column.first_bad_line > 0;
}

/// At least three distinct numbers: flags such as 0 and 1 are seldom what is to be mapped.
bool varies(const TableColumn& column) {
    if (!column.numeric) return true;
    std::set<double> distinct;
    for (const double number : column.numbers) {
        if (!std::isnan(number)) distinct.insert(number);
        if (distinct.size() > 2) return true;
    }
    return false;
}

bool within(const TableColumn& column, double low, double high) {
    return column.numeric &&
           std::all_of(column.numbers.begin(), column.numbers.end(),
                       [=](double v) { return std::isnan(v) || (v >= low && v <= high); });
}

class RoleGuess {
public:
    explicit RoleGuess(const Table& table)
        : table_(table), roles_(table.columns.size(), ColumnRole::unused) {
        for (const TableColumn& column : table.columns)
            names_.push_back(parse_column_name(column.name));
    }

    std::vector<ColumnRole> guess() {
        take(ColumnRole::x, &ColumnName::is_x);
        if (has(ColumnRole::x)) take(ColumnRole::y, &ColumnName::is_y);
        if (has(ColumnRole::y)) take(ColumnRole::z, &ColumnName::is_z);
        if (!has(ColumnRole::x)) take_coordinates_by_position();
        take_realisation();
        take_value();
        return roles_;
    }

private:
    [[nodiscard]] bool has(ColumnRole role) const {
        return std::find(roles_.begin(), roles_.end(), role) != roles_.end();
    }

    [[nodiscard]] bool is_free(std::size_t i) const {
        return roles_[i] == ColumnRole::unused && is_measured(table_.columns[i], table_.rows());
    }

    void take(ColumnRole role, bool (ColumnName::*fits)() const) {
        for (std::size_t i = 0; i < roles_.size(); ++i)
            if (is_free(i) && (names_[i].*fits)()) {
                roles_[i] = role;
                return;
            }
    }

    /// Numbers or text, by its name alone.
    void take_realisation() {
        for (std::size_t i = 0; i < roles_.size(); ++i)
            if (roles_[i] == ColumnRole::unused &&
                (names_[i].stem == "realisation" || names_[i].stem == "realization")) {
                roles_[i] = ColumnRole::realisation;
                return;
            }
    }

    /// Without telling names: the first columns of numbers, so that one is left for the value.
    void take_coordinates_by_position() {
        std::vector<std::size_t> numeric;
        for (std::size_t i = 0; i < roles_.size(); ++i)
            if (is_free(i) && !names_[i].is_bookkeeping()) numeric.push_back(i);
        if (numeric.size() >= 2) roles_[numeric[0]] = ColumnRole::x;
        if (numeric.size() >= 3) roles_[numeric[1]] = ColumnRole::y;
    }

    /// "value", else the last logarithm, else the last column that varies and is mostly there,
    /// else what is left; a single z beside x and y is the value.
    void take_value() {
        std::vector<std::size_t> candidates;
        for (std::size_t i = 0; i < roles_.size(); ++i)
            if (is_free(i)) candidates.push_back(i);
        const auto last = [&](auto&& fits) {
            for (auto it = candidates.rbegin(); it != candidates.rend(); ++it)
                if (fits(*it)) {
                    roles_[*it] = ColumnRole::value;
                    return true;
                }
            return false;
        };
        const auto plain = [&](std::size_t i) {
            return !names_[i].is_bookkeeping() && !names_[i].is_x() && !names_[i].is_y();
        };
        const auto mostly_there = [&](std::size_t i) {
            return 5 * table_.columns[i].missing <= table_.rows();
        };
        if (last([&](std::size_t i) {
                return names_[i].stem == "value" || names_[i].stem == "val";
            }))
            return;
        if (last([&](std::size_t i) { return names_[i].is_logarithm && plain(i); })) return;
        if (last([&](std::size_t i) {
                return plain(i) && mostly_there(i) && varies(table_.columns[i]);
            }))
            return;
        if (last([&](std::size_t i) { return plain(i) && varies(table_.columns[i]); })) return;
        if (last(plain)) return;
        const auto z = std::find(roles_.begin(), roles_.end(), ColumnRole::z);
        if (z != roles_.end()) {
            *z = ColumnRole::value;
            return;
        }
        last([](std::size_t) { return true; });
    }

    const Table& table_;
    std::vector<ColumnName> names_;
    std::vector<ColumnRole> roles_;
};

int column_of(const std::vector<ColumnRole>& roles, ColumnRole role) {
    const auto found = std::find(roles.begin(), roles.end(), role);
    return found == roles.end() ? -1 : static_cast<int>(found - roles.begin());
}

}  // namespace

void guess_degrees_and_units(const Table& table, ImportOptions& options) {
    options.coordinates_are_degrees = false;
    options.coordinate_unit.clear();
    options.value_unit.clear();
    const int x = column_of(options.roles, ColumnRole::x);
    const int y = column_of(options.roles, ColumnRole::y);
    const int value = column_of(options.roles, ColumnRole::value);
    const auto column = [&](int i) -> const TableColumn& {
        return table.columns[static_cast<std::size_t>(i)];
    };
    if (value >= 0) options.value_unit = parse_column_name(column(value).name).unit;
    if (x < 0) return;
    const ColumnName x_name = parse_column_name(column(x).name);
    if (y >= 0 && x_name.is_longitude() && parse_column_name(column(y).name).is_latitude() &&
        within(column(x), -360.0, 360.0) && within(column(y), -90.0, 90.0)) {
        options.coordinates_are_degrees = true;
        return;
    }
    options.coordinate_unit = x_name.unit;
}

ImportOptions guess_import_options(const Table& table) {
    ImportOptions options;
    options.roles = RoleGuess(table).guess();
    guess_degrees_and_units(table, options);
    return options;
}

}  // namespace anamorph
