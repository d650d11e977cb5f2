// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/types.h"

namespace anamorph {

/// How a delimited text file is written. `detect_table_format` guesses it; the user may change it.
struct TableFormat {
    char delimiter = ',';        ///< ',', ';', '\t', ' ' (runs of blanks count as one) or '|'
    bool decimal_comma = false;  ///< 3,14 instead of 3.14
    bool has_header = true;
    char comment = '#';   ///< lines that begin with it are skipped; '\0': none
    long skip_lines = 0;  ///< lines before the header that are neither comments nor data
    std::vector<std::string> missing_tokens = {
        "", "NA", "N/A", "NaN", "nan", "null", "NULL", "-9999", "-999", "-99999", "1e30", "*", "?"};
    std::string encoding = "UTF-8";  ///< "UTF-8", "UTF-16LE", "UTF-16BE" or "Latin-1"
    bool byte_order_mark = false;
    std::string line_ending = "LF";  ///< "LF", "CRLF", "CR": shown, not needed to read
};

/// A column: numbers where every non-missing cell is one, else text.
struct TableColumn {
    std::string name;
    bool numeric = true;
    std::vector<double> numbers;     ///< NaN where missing (numeric columns)
    std::vector<std::string> texts;  ///< (text columns)
    long missing = 0;                ///< cells with a missing-value token
    std::vector<std::string> missing_tokens_seen;
    long first_bad_line =
        0;  ///< text columns that are mostly numbers: line of the first cell that is none
    std::string first_bad_cell;
};

struct Table {
    std::filesystem::path path;
    TableFormat format;
    std::vector<TableColumn> columns;
    std::vector<long> lines;  ///< line in the file of each row, 1-based
    [[nodiscard]] long rows() const { return static_cast<long>(lines.size()); }
    /// Index of a column by name (exact, then ignoring case); −1 if there is none.
    [[nodiscard]] int find(const std::string& name) const;
};

/// Throws the sentence that names line, column and cell of the first text in a column that must
/// hold numbers. @throws Error(bad_input).
[[noreturn]] void refuse_text_column(const Table& table, int column);

/// Looks at the beginning of a file. @throws Error(input_output | bad_input): no such file, a
/// folder, empty, binary (says what kind, where it can tell), fewer columns than are needed: two
/// for measurements, one for points on a line.
[[nodiscard]] TableFormat detect_table_format(const std::filesystem::path& path,
                                              int fewest_columns = 2);

/// The first rows as cells of text, header first, for a preview.
[[nodiscard]] std::vector<std::vector<std::string>> preview_table(const std::filesystem::path& path,
                                                                  const TableFormat& format,
                                                                  long rows = 50);

/// Reads the whole file. A row with too few or too many cells is an error that names the line.
/// @throws Error(input_output | bad_input | cancelled), with file, line, column and what to do.
[[nodiscard]] Table read_table(const std::filesystem::path& path, const TableFormat& format,
                               const ProgressObserver& progress = {}, std::stop_token stop = {});

}  // namespace anamorph
