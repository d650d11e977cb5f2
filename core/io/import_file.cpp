// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/io/import.h"
#include "core/io/import_realisations.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

int named_column(const Table& table, const std::string& name) {
    const int found = table.find(name);
    if (found >= 0) return found;
    std::string columns;
    for (const TableColumn& column : table.columns)
        columns += (columns.empty() ? "\"" : ", \"") + column.name + "\"";
    throw Error(ErrorCode::bad_input, quoted_name(table.path) + " has no column \"" + name + "\".",
                "Its columns are " + columns + ".");
}

}  // namespace

SpatialDataset import_file(const std::filesystem::path& path, const QuickImport& choices,
                           const ProgressObserver& progress, std::stop_token stop) {
    const Table table = read_table(path, detect_table_format(path), progress, std::move(stop));
    ImportOptions options = guess_import_options(table);
    std::vector<int> named;  // columns that were given a role by name
    const auto clear = [&](ColumnRole role) {
        std::replace(options.roles.begin(), options.roles.end(), role, ColumnRole::unused);
    };
    const auto take = [&](int column, ColumnRole role) {
        if (std::find(named.begin(), named.end(), column) != named.end())
            throw Error(ErrorCode::bad_input,
                        quoted_name(path) + ": the column \"" +
                            table.columns[static_cast<std::size_t>(column)].name +
                            "\" is named for two roles.",
                        "Name each column once.");
        named.push_back(column);
        options.roles[static_cast<std::size_t>(column)] = role;
    };
    const auto assign = [&](const std::string& name, ColumnRole role) {
        if (name.empty()) return;
        if (role != ColumnRole::covariate) clear(role);
        take(named_column(table, name), role);
    };
    if (!choices.x.empty())
        for (const ColumnRole role : {ColumnRole::x, ColumnRole::y, ColumnRole::z}) clear(role);
    assign(choices.x, ColumnRole::x);
    assign(choices.y, ColumnRole::y);
    assign(choices.z, ColumnRole::z);
    if (!choices.value.empty()) {
        clear(ColumnRole::value);
        const std::vector<int> values = value_columns(table, choices.value);
        for (const int column : values)
            take(column, ColumnRole::value);
    }
    for (const std::string& name : choices.covariates) assign(name, ColumnRole::covariate);
    assign(choices.weight, ColumnRole::weight);
    assign(choices.group, ColumnRole::group);
    assign(choices.time, ColumnRole::time);
    assign(choices.realisation, ColumnRole::realisation);
    guess_degrees_and_units(table, options);
    options.degrees = choices.degrees;
    options.time_unit = choices.time_unit;
    options.duplicates = choices.duplicates;
    options.coordinate_system = choices.coordinate_system;
    if (!choices.coordinate_system.empty()) options.coordinates_are_degrees = false;
    if (!choices.coordinate_unit.empty()) options.coordinate_unit = choices.coordinate_unit;
    if (!choices.value_unit.empty()) options.value_unit = choices.value_unit;
    return import_dataset(table, options);
}

}  // namespace anamorph
