// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/io/import.h"
#include "core/io/time_column.h"

namespace anamorph {

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

/// A table and the roles of its columns → a validated data set with notes of what was done; one use.
class Importer {
public:
    Importer(const Table& table, const ImportOptions& options) : table_(table), options_(options) {}

    [[nodiscard]] SpatialDataset import();

private:
    [[nodiscard]] const TableColumn& column(int i) const {
        return table_.columns[static_cast<std::size_t>(i)];
    }
    /// "FILE, line 3, column "z""
    [[nodiscard]] std::string column_place(long line, int i) const;
    /// Refuses what is no sound data set; `when` begins the sentence.
    void validate(const std::string& when) const;
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

/// "line 3", "lines 3, 8 and 12"; at most ten, then how many more.
[[nodiscard]] std::string list_of_lines(const std::vector<long>& lines);
/// "1 row", "12 rows"
[[nodiscard]] std::string counted(long count, const std::string& noun);

}  // namespace anamorph
