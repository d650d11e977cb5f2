// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/import.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/io/column_names.h"
#include "core/io/duplicates.h"
#include "core/io/import_realisations.h"
#include "core/io/number_parsing.h"
#include "core/io/text_source.h"
#include "core/io/time_column.h"

namespace anamorph {

namespace {

/// The columns that have a role, by index in the table.
struct UsedColumns {
    std::vector<int> coordinates;
    int value = -1;
    std::vector<int> covariates;
    int weight = -1;
    int group = -1;  ///< may hold text
    int time = -1;   ///< may hold dates
    int realisation = -1;  ///< may hold text

    /// Those that must hold numbers.
    [[nodiscard]] std::vector<int> all() const {
        std::vector<int> result = coordinates;
        result.push_back(value);
        result.insert(result.end(), covariates.begin(), covariates.end());
        if (weight >= 0) result.push_back(weight);
        return result;
    }
};

/// "3, 8 and 12"; at most ten, then how many more.
std::string list_of_lines(const std::vector<long>& lines) {
    constexpr std::size_t shown = 10;
    std::string text = lines.size() == 1 ? "line " : "lines ";
    for (std::size_t i = 0; i < std::min(shown, lines.size()); ++i) {
        if (i > 0) text += i + 1 == lines.size() ? " and " : ", ";
        text += std::to_string(lines[i]);
    }
    if (lines.size() > shown) text += " and " + std::to_string(lines.size() - shown) + " more";
    return text;
}

std::string counted(long count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

class Importer {
public:
    Importer(const Table& table, const ImportOptions& options) : table_(table), options_(options) {}

    SpatialDataset import() {
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

private:
    [[nodiscard]] const TableColumn& column(int i) const {
        return table_.columns[static_cast<std::size_t>(i)];
    }
    [[nodiscard]] std::string column_place(long line, int i) const {
        return place(table_.path, line) + ", column \"" + column(i).name + "\"";
    }
    void validate(const std::string& when) const {
        try {
            dataset_.validate();
        } catch (const Error& error) {
            throw Error(error.code(), quoted_name(table_.path) + ": " + when + error.what(),
                        error.hint());
        }
    }
    int only_column(ColumnRole role) const;
    void find_columns();
    void check_column(int i) const;
    void read_times();
    [[nodiscard]] bool on_sphere() const;
    void refuse_text_for_x() const;
    void find_complete_rows();
    void fill();
    void add_times();
    void check_degrees() const;
    void place_in_plane();
    void place_on_sphere(const std::string& source);
    void note_missing();
    void treat_duplicates();
    [[nodiscard]] Points places_with_time() const;
    [[nodiscard]] Index space_axes() const;
    void average(const std::vector<std::vector<Index>>& groups);

    const Table& table_;
    const ImportOptions& options_;
    UsedColumns used_;
    TimeColumn times_;                  ///< of all rows of the table; none without a column
    std::vector<Index> rows_;           ///< rows of the table that are complete
    std::vector<long> lines_left_out_;  ///< lines of the others
    SpatialDataset dataset_;
};

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

void Importer::check_degrees() const {
    if (dataset_.space_dimension() < 2)
        throw Error(ErrorCode::bad_input,
                    quoted_name(table_.path) +
                        ": longitude and latitude are both needed to project "
                        "degrees, but only one coordinate is chosen.",
                    "Choose y as well, or do not treat the coordinate as degrees.");
    for (Index i = 0; i < dataset_.size(); ++i) {
        const long line = dataset_.source_lines[static_cast<std::size_t>(i)];
        for (int axis = 0; axis < 2; ++axis) {
            const double degrees = dataset_.coordinates(i, axis);
            if (std::abs(degrees) <= (axis == 0 ? 360.0 : 90.0)) continue;
            std::ostringstream text;
            text << column_place(line, used_.coordinates[static_cast<std::size_t>(axis)]) << ": "
                 << degrees << " is no " << (axis == 0 ? "longitude" : "latitude")
                 << " in degrees.";
            throw Error(ErrorCode::bad_input, text.str(),
                        "Perhaps longitude and latitude are exchanged, or the coordinates are not "
                        "in degrees.");
        }
    }
}

void Importer::place_on_sphere(const std::string& source) {
    if (dataset_.dimension() > 2)
        throw Error(ErrorCode::unsupported,
                    quoted_name(table_.path) + ": chordal distances take longitude and latitude alone.",
                    "Leave the third coordinate out, or make it a covariate.");
    dataset_.coordinate_system = chordal_system(source);
    dataset_.coordinates = dataset_.coordinate_system.working_from_source(dataset_.coordinates);
    dataset_.notes.push_back(
        "Distances are chords of the sphere in kilometres (radius 6371 km): longitude and latitude were turned "
        "into geocentric coordinates.");
    if (used_.time >= 0)
        dataset_.notes.push_back("On the sphere the time \"" + column(used_.time).name +
                                 "\" is a covariate: name it as one more coordinate of the distance.");
}

/// Degrees are projected; a named system is kept; else the coordinates are local.
void Importer::place_in_plane() {
    const std::string& named = options_.coordinate_system;
    const bool named_degrees = !named.empty() && is_geographic_system(named);
    CoordinateSystem& system = dataset_.coordinate_system;
    if (options_.coordinates_are_degrees || named_degrees) {
        if (dataset_.size() == 0) return;
        check_degrees();
        if (on_sphere()) return place_on_sphere(named_degrees ? named : "OGC:CRS84");
        system = equal_area_system_for(dataset_.coordinates, named_degrees ? named : "OGC:CRS84");
        dataset_.coordinates = system.working_from_source(dataset_.coordinates);
        dataset_.notes.push_back(
            "Longitude and latitude were projected to an equal-area plane in "
            "kilometres (" +
            system.label.substr(4) + ").");
        return;
    }
    if (!named.empty()) {
        system = coordinate_system_named(named);
        return;
    }
    system.unit = options_.coordinate_unit;
    system.label = system.unit.empty() ? "local" : system.unit + ", local";
}

void Importer::note_missing() {
    std::vector<std::string> tokens;
    std::vector<int> used = used_.all();
    if (used_.group >= 0) used.push_back(used_.group);
    if (used_.time >= 0) used.push_back(used_.time);
    if (used_.realisation >= 0) used.push_back(used_.realisation);
    for (const int i : used)
        for (const std::string& token : column(i).missing_tokens_seen) {
            const std::string shown = token.empty() ? "empty cells" : "\"" + token + "\"";
            if (std::find(tokens.begin(), tokens.end(), shown) == tokens.end())
                tokens.push_back(shown);
        }
    if (!lines_left_out_.empty()) {
        std::string text = counted(static_cast<long>(lines_left_out_.size()), "row") +
                           (lines_left_out_.size() == 1 ? " was" : " were") +
                           " left out for missing values (" + list_of_lines(lines_left_out_) + "; ";
        for (std::size_t i = 0; i < tokens.size(); ++i) text += (i > 0 ? ", " : "") + tokens[i];
        dataset_.notes.push_back(text + (tokens.size() == 1 && tokens[0] != "empty cells"
                                             ? " counts as missing)."
                                             : " count as missing)."));
    }
    const ColumnName value = parse_column_name(dataset_.value_name);
    if (value.is_logarithm)
        dataset_.notes.push_back("The value \"" + dataset_.value_name +
                                 "\" is a logarithm; predictions are logarithms too.");
    if (table_.format.encoding == "Latin-1")
        dataset_.notes.push_back("The file is not UTF-8; it was read as Latin-1.");
    if (table_.format.decimal_comma)
        dataset_.notes.push_back("Numbers were read with a decimal comma.");
}

/// Where and when was measured: on the sphere the time stands among the covariates.
Points Importer::places_with_time() const {
    if (used_.time < 0 || dataset_.last_axis_is_time) return dataset_.coordinates;
    Points all(dataset_.size(), dataset_.dimension() + 1);
    all << dataset_.coordinates, dataset_.covariates.rightCols(1);
    return all;
}

/// How many axes have one unit.
Index Importer::space_axes() const {
    return dataset_.coordinate_system.chordal ? 3 : std::min(2, dataset_.space_dimension());
}

void Importer::treat_duplicates() {
    const std::vector<std::vector<Index>> groups =
        within_realisations(duplicate_groups(places_with_time(), space_axes()), dataset_);
    if (groups.empty()) return;
    long measurements = 0;
    long inexact = 0;
    std::vector<long> lines;
    for (const std::vector<Index>& group : groups) {
        measurements += static_cast<long>(group.size());
        const auto& first = dataset_.coordinates.row(group.front());
        for (const Index i : group) {
            lines.push_back(dataset_.source_lines[static_cast<std::size_t>(i)]);
            if (dataset_.coordinates.row(i) != first) ++inexact;
        }
    }
    std::sort(lines.begin(), lines.end());
    std::string text = counted(static_cast<long>(groups.size()), "place") +
                       (groups.size() == 1 ? " has" : " have") + " more than one measurement (" +
                       std::to_string(measurements) + " rows: " + list_of_lines(lines) + ")";
    if (inexact > 0)
        text += ", " + std::to_string(inexact) +
                " of them not exactly at the same coordinates but "
                "closer than a thousand-millionth of the extent";
    if (options_.duplicates == DuplicatePolicy::average) {
        average(groups);
        text += "; they were averaged to one each.";
    } else {
        text += "; they were kept, so the nugget cannot be zero.";
    }
    dataset_.notes.push_back(text);
}

/// Each group becomes its first row: means of values and covariates weighted by the weights, the
/// sum of the weights.
void Importer::average(const std::vector<std::vector<Index>>& groups) {
    std::vector<bool> dropped(static_cast<std::size_t>(dataset_.size()), false);
    for (const std::vector<Index>& group : groups) {
        Vector share = Vector::Ones(static_cast<Index>(group.size()));
        if (dataset_.weights.size() > 0) share = dataset_.weights(group);
        const double total = share.sum();
        const Index first = group.front();
        if (!(share.minCoeff() > 0.0))
            continue;  // validate() names the weight that is not positive
        const double value = dataset_.values(group).dot(share) / total;
        dataset_.values[first] = value;
        const Vector covariates =
            dataset_.covariates(group, Eigen::all).transpose() * share / total;
        dataset_.covariates.row(first) = covariates.transpose();
        if (dataset_.weights.size() > 0) dataset_.weights[first] = total;
        for (std::size_t k = 1; k < group.size(); ++k)
            dropped[static_cast<std::size_t>(group[k])] = true;
    }
    std::vector<Index> kept;
    for (Index i = 0; i < dataset_.size(); ++i)
        if (!dropped[static_cast<std::size_t>(i)]) kept.push_back(i);
    dataset_ = dataset_.subset(kept);
}

}  // namespace

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
