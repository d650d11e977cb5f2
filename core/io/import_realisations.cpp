// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/import_realisations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

constexpr Index fewest_rows = 5;  // of a realisation
constexpr std::size_t labels_shown = 8;

int column_named(const Table& table, const std::string& name) {
    const int found = table.find(name);
    if (found >= 0) return found;
    throw Error(ErrorCode::bad_input, quoted_name(table.path) + " has no column \"" + name + "\".",
                "Name columns of the table, separated by commas, or a range first:last.");
}

std::vector<std::string> split_at(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// The cells of some rows of a column.
TableColumn cells_of(const TableColumn& column, const std::vector<std::size_t>& rows) {
    TableColumn some = column;
    some.numbers.clear();
    some.texts.clear();
    some.missing = 0;
    for (const std::size_t row : rows) {
        if (!column.numeric) {
            some.texts.push_back(column.texts[row]);
            continue;
        }
        some.numbers.push_back(column.numbers[row]);
        if (std::isnan(column.numbers[row])) ++some.missing;
    }
    return some;
}

}  // namespace

std::vector<int> value_columns(const Table& table, const std::string& text) {
    if (table.find(text) >= 0) return {table.find(text)};
    std::vector<int> columns;
    for (const std::string& part : split_at(text, ',')) {
        const auto colon = part.find(':');
        if (table.find(part) >= 0 || colon == std::string::npos) {
            columns.push_back(column_named(table, part));
            continue;
        }
        const int first = column_named(table, part.substr(0, colon));
        const int last = column_named(table, part.substr(colon + 1));
        if (last < first)
            throw Error(ErrorCode::bad_input,
                        quoted_name(table.path) + ": the column \"" + part.substr(colon + 1) +
                            "\" stands before \"" + part.substr(0, colon) + "\".",
                        "Name the first column of the range first.");
        for (int k = first; k <= last; ++k) columns.push_back(k);
    }
    return columns;
}

Table long_from_wide(const Table& table, ImportOptions& options) {
    std::vector<std::size_t> wide, other;
    for (std::size_t k = 0; k < table.columns.size(); ++k)
        (options.roles.at(k) == ColumnRole::value ? wide : other).push_back(k);
    if (std::find(options.roles.begin(), options.roles.end(), ColumnRole::realisation) !=
        options.roles.end())
        throw Error(ErrorCode::bad_input,
                    quoted_name(table.path) +
                        ": several columns of values are realisations themselves, and another column "
                        "names realisations.",
                    "Choose one column of values, or leave the column of realisations out.");
    std::vector<std::size_t> rows;
    TableColumn values, labels;
    values.name = "value";
    labels.name = "realisation";
    labels.numeric = false;
    for (const std::size_t k : wide) {
        const TableColumn& column = table.columns[k];
        if (!column.numeric) refuse_text_column(table, static_cast<int>(k));
        for (std::size_t row = 0; row < column.numbers.size(); ++row) {
            if (std::isinf(column.numbers[row]))
                throw Error(ErrorCode::bad_input,
                            place(table.path, table.lines[row]) + ", column \"" + column.name +
                                "\": the number is infinite or too large.",
                            "Correct the cell, or leave it empty to mark it as missing.");
            if (std::isnan(column.numbers[row])) continue;
            rows.push_back(row);
            values.numbers.push_back(column.numbers[row]);
            labels.texts.push_back(column.name);
        }
    }
    Table result;
    result.path = table.path;
    result.format = table.format;
    std::vector<ColumnRole> roles;
    for (const std::size_t k : other) {
        result.columns.push_back(cells_of(table.columns[k], rows));
        roles.push_back(options.roles[k]);
    }
    result.columns.push_back(std::move(values));
    result.columns.push_back(std::move(labels));
    roles.push_back(ColumnRole::value);
    roles.push_back(ColumnRole::realisation);
    for (const std::size_t row : rows) result.lines.push_back(table.lines[row]);
    options.roles = std::move(roles);
    return result;
}

void leave_out_small_realisations(SpatialDataset& dataset) {
    if (!dataset.has_realisations() || largest_realisation(dataset) < fewest_rows) return;
    const auto labels = dataset.realisation_labels();
    const auto place = dataset.realisation_indices();
    std::vector<Index> count(labels.size(), 0);
    for (const int r : place) ++count[static_cast<std::size_t>(r)];
    std::string named;
    std::size_t small = 0;
    for (std::size_t r = 0; r < labels.size(); ++r) {
        if (count[r] >= fewest_rows) continue;
        if (++small <= labels_shown) named += (small > 1 ? ", " : "") + labels[r];
    }
    if (small > 0) {
        if (small > labels_shown) named += " and " + std::to_string(small - labels_shown) + " more";
        std::vector<Index> kept;
        for (std::size_t i = 0; i < place.size(); ++i)
            if (count[static_cast<std::size_t>(place[i])] >= fewest_rows)
                kept.push_back(static_cast<Index>(i));
        dataset = dataset.subset(kept);
        dataset.notes.push_back(std::to_string(small) +
                                (small == 1 ? " realisation was" : " realisations were") +
                                " left out for having fewer than five values (" + named + ").");
    }
    if (realisation_count(dataset) == 1) {
        dataset.notes.push_back("There is only one realisation, \"" + dataset.realisations.front() + "\".");
        dataset.realisations.clear();
    }
}

void note_realisations(SpatialDataset& dataset) {
    if (!dataset.has_realisations()) return;
    dataset.notes.push_back("The field was observed several times: " + size_in_words(dataset) +
                            ". They share one model, each with a trend of its own.");
}

std::string label_in(const Table& table, const TableColumn& column, Index row) {
    const auto at = static_cast<std::size_t>(row);
    if (!column.numeric) {
        const std::string& text = column.texts[at];
        const auto& missing = table.format.missing_tokens;
        return std::find(missing.begin(), missing.end(), text) == missing.end() ? text : std::string();
    }
    const double number = column.numbers[at];
    if (std::isnan(number)) return {};
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, number);
    return {digits, end.ptr};
}

std::vector<std::string> complete_labels(const Table& table, const std::string& name) {
    const TableColumn& column = table.columns[static_cast<std::size_t>(column_named(table, name))];
    std::vector<std::string> labels;
    for (Index row = 0; row < table.rows(); ++row) {
        labels.push_back(label_in(table, column, row));
        if (labels.back().empty())
            throw Error(ErrorCode::bad_input,
                        place(table.path, table.lines[static_cast<std::size_t>(row)]) + ", column \"" + name +
                            "\": the realisation is missing.",
                        "Fill it in, or take the row out.");
    }
    return labels;
}

std::vector<std::vector<Index>> within_realisations(const std::vector<std::vector<Index>>& groups,
                                                    const SpatialDataset& dataset) {
    if (!dataset.has_realisations()) return groups;
    const auto place = dataset.realisation_indices();
    std::vector<std::vector<Index>> apart;
    for (const auto& group : groups) {
        std::map<int, std::vector<Index>> rows;
        for (const Index i : group) rows[place[static_cast<std::size_t>(i)]].push_back(i);
        for (auto& [realisation, own] : rows)
            if (own.size() > 1) apart.push_back(std::move(own));
    }
    std::sort(apart.begin(), apart.end(),
              [](const auto& a, const auto& b) { return a.front() < b.front(); });
    return apart;
}

}  // namespace anamorph
