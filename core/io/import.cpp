// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/import.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/data/time_axis.h"
#include "core/io/column_names.h"
#include "core/io/import_realisations.h"
#include "core/io/importer.h"
#include "core/io/number_parsing.h"
#include "core/io/text_source.h"

namespace anamorph {

SpatialDataset Importer::import() {
    find_columns();
    for (const int column : used_.all()) check_column(column);
    read_times();
    find_complete_rows();
    fill();
    place_in_plane();
    note_missing();
    leave_out_small_realisations(dataset_);
    validate("");
    const Index measurements = dataset_.size();
    treat_duplicates();
    if (dataset_.size() != measurements) validate("with duplicates averaged: ");
    note_realisations(dataset_);
    return std::move(dataset_);
}

std::string Importer::column_place(long line, int i) const {
    return place(table_.path, line) + ", column \"" + column(i).name + "\"";
}

void Importer::validate(const std::string& when) const {
    try {
        dataset_.validate();
    } catch (const Error& error) {
        throw Error(error.code(), quoted_name(table_.path) + ": " + when + error.what(), error.hint());
    }
}

/// The one column with a role, −1 if none.
int Importer::only_column(ColumnRole role) const {
    int found = -1;
    for (std::size_t i = 0; i < options_.roles.size(); ++i) {
        if (options_.roles[i] != role) continue;
        if (found >= 0)
            throw Error(ErrorCode::bad_input,
                        quoted_name(table_.path) + ": both \"" + column(found).name + "\" and \"" +
                            table_.columns[i].name + "\" have the role " + to_string(role) + ".",
                        "Give this role to one column.");
        found = static_cast<int>(i);
    }
    return found;
}

void Importer::find_columns() {
    if (options_.roles.size() != table_.columns.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "There are " + std::to_string(options_.roles.size()) + " roles for " +
                        counted(static_cast<long>(table_.columns.size()), "column") + ".");
    const int x = only_column(ColumnRole::x);
    const int y = only_column(ColumnRole::y);
    const int z = only_column(ColumnRole::z);
    used_.value = only_column(ColumnRole::value);
    used_.weight = only_column(ColumnRole::weight);
    used_.group = only_column(ColumnRole::group);
    used_.time = only_column(ColumnRole::time);
    used_.realisation = only_column(ColumnRole::realisation);
    if (x < 0) refuse_text_for_x();
    if (x < 0 || (z >= 0 && y < 0))
        throw Error(ErrorCode::bad_input,
                    quoted_name(table_.path) + ": no column is chosen as the coordinate " +
                        (x < 0 ? "x." : "y."),
                    "Choose the columns that say where the sites are.");
    if (used_.value < 0)
        throw Error(ErrorCode::bad_input,
                    quoted_name(table_.path) + ": no column is chosen as the value.",
                    "Choose the measured variable.");
    if (used_.time >= 0 && z >= 0)
        throw Error(ErrorCode::unsupported,
                    quoted_name(table_.path) + ": three coordinates and time make four; models take three.",
                    "Leave z or the time out, or make one of them a covariate.");
    used_.coordinates.push_back(x);
    if (y >= 0) used_.coordinates.push_back(y);
    if (z >= 0) used_.coordinates.push_back(z);
    for (std::size_t i = 0; i < options_.roles.size(); ++i)
        if (options_.roles[i] == ColumnRole::covariate)
            used_.covariates.push_back(static_cast<int>(i));
}

/// Where no coordinate could be chosen, a column of text that is named like one, or the first one
/// of a table that is all text, says why.
void Importer::refuse_text_for_x() const {
    bool all_text = true;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
        const TableColumn& column = table_.columns[i];
        all_text = all_text && !column.numeric;
        if (!column.numeric && parse_column_name(column.name).is_x())
            refuse_text_column(table_, static_cast<int>(i));
    }
    if (all_text) refuse_text_column(table_, 0);
}

/// A used column holds numbers, none of them infinite, and not only missing values.
void Importer::check_column(int i) const {
    const TableColumn& checked = column(i);
    if (!checked.numeric) refuse_text_column(table_, i);
    if (checked.missing == table_.rows())
        throw Error(ErrorCode::bad_input,
                    quoted_name(table_.path) + ": all cells of column \"" + checked.name +
                        "\" are missing.",
                    "Choose another column, or check the missing-value tokens.");
    for (std::size_t row = 0; row < checked.numbers.size(); ++row) {
        if (!std::isinf(checked.numbers[row])) continue;
        throw Error(ErrorCode::bad_input,
                    column_place(table_.lines[row], i) + ": the number is infinite or too large.",
                    "Correct the cell, or leave it empty to mark it as missing.");
    }
}

void Importer::read_times() {
    if (used_.time >= 0) times_ = time_column(table_, used_.time, options_.time_unit);
}

/// Degrees are taken to the sphere.
bool Importer::on_sphere() const {
    if (options_.degrees != DegreesAs::sphere) return false;
    return options_.coordinate_system.empty() ? options_.coordinates_are_degrees
                                              : is_geographic_system(options_.coordinate_system);
}

void Importer::find_complete_rows() {
    const std::vector<int> used = used_.all();
    for (Index row = 0; row < table_.rows(); ++row) {
        const bool complete = std::none_of(used.begin(), used.end(), [&](int i) {
            return std::isnan(column(i).numbers[static_cast<std::size_t>(row)]);
        });
        const bool grouped = used_.group < 0 || !label_in(table_, column(used_.group), row).empty();
        const bool timed = used_.time < 0 || !std::isnan(times_.times(row));
        const bool named = used_.realisation < 0 ||
                           !label_in(table_, column(used_.realisation), row).empty();
        if (complete && grouped && timed && named)
            rows_.push_back(row);
        else
            lines_left_out_.push_back(table_.lines[static_cast<std::size_t>(row)]);
    }
}

void Importer::fill() {
    const auto n = static_cast<Index>(rows_.size());
    const auto copy = [&](int from, auto&& to) {
        const std::vector<double>& numbers = column(from).numbers;
        for (Index i = 0; i < n; ++i)
            to[i] = numbers[static_cast<std::size_t>(rows_[static_cast<std::size_t>(i)])];
    };
    dataset_.name =
        options_.dataset_name.empty() ? table_.path.stem().string() : options_.dataset_name;
    dataset_.coordinates.resize(n, static_cast<Index>(used_.coordinates.size()));
    for (std::size_t axis = 0; axis < used_.coordinates.size(); ++axis) {
        copy(used_.coordinates[axis], dataset_.coordinates.col(static_cast<Index>(axis)));
        dataset_.coordinate_names.push_back(column(used_.coordinates[axis]).name);
    }
    dataset_.values.resize(n);
    copy(used_.value, dataset_.values);
    dataset_.value_name = column(used_.value).name;
    dataset_.value_unit = options_.value_unit;
    dataset_.covariates.resize(n, static_cast<Index>(used_.covariates.size()));
    for (std::size_t k = 0; k < used_.covariates.size(); ++k) {
        copy(used_.covariates[k], dataset_.covariates.col(static_cast<Index>(k)));
        dataset_.covariate_names.push_back(column(used_.covariates[k]).name);
    }
    if (used_.weight >= 0) {
        dataset_.weights.resize(n);
        copy(used_.weight, dataset_.weights);
    }
    if (used_.time >= 0) add_times();
    if (used_.group >= 0)
        for (const Index row : rows_)
            dataset_.groups.push_back(label_in(table_, column(used_.group), row));
    if (used_.realisation >= 0)
        for (const Index row : rows_)
            dataset_.realisations.push_back(label_in(table_, column(used_.realisation), row));
    for (const Index row : rows_)
        dataset_.source_lines.push_back(table_.lines[static_cast<std::size_t>(row)]);
}

/// The time is the last axis, or a covariate of the sphere, whose three axes leave no room for it.
void Importer::add_times() {
    Matrix& numbers = on_sphere() ? dataset_.covariates : dataset_.coordinates;
    numbers.conservativeResize(dataset_.size(), numbers.cols() + 1);
    numbers.rightCols(1) = times_.times(rows_);
    dataset_.coordinate_names.push_back(column(used_.time).name);
    if (on_sphere()) dataset_.covariate_names.push_back(column(used_.time).name);
    dataset_.last_axis_is_time = !on_sphere();
    dataset_.time_unit = times_.unit;
}

std::string to_string(ColumnRole role) {
    switch (role) {
        case ColumnRole::unused:
            return "unused";
        case ColumnRole::x:
            return "x";
        case ColumnRole::y:
            return "y";
        case ColumnRole::z:
            return "z";
        case ColumnRole::value:
            return "value";
        case ColumnRole::covariate:
            return "covariate";
        case ColumnRole::weight:
            return "weight";
        case ColumnRole::group:
            return "group";
        case ColumnRole::time:
            return "time";
        case ColumnRole::realisation:
            return "realisation";
    }
    return "unused";
}

SpatialDataset import_dataset(const Table& table, const ImportOptions& options) {
    const auto values = std::count(options.roles.begin(), options.roles.end(), ColumnRole::value);
    if (values < 2 || options.roles.size() != table.columns.size())
        return Importer(table, options).import();
    ImportOptions as_long = options;
    const Table stacked = long_from_wide(table, as_long);
    SpatialDataset dataset = Importer(stacked, as_long).import();
    if (const long empty = values * table.rows() - stacked.rows(); empty > 0)
        dataset.notes.insert(dataset.notes.begin(),
                             counted(empty, "cell") + " of the " + std::to_string(values) +
                                 " columns of values" + (empty == 1 ? " is" : " are") +
                                 " empty: no measurement there.");
    return dataset;
}

}  // namespace anamorph
