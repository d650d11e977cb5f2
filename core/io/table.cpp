// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/table.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/error.h"
#include "core/io/column_names.h"
#include "core/io/number_parsing.h"
#include "core/io/record_reader.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

/// Cancel and progress are looked at once in so many rows.
constexpr long rows_between_reports = 4096;

std::string shortened(std::string_view cell) {
    return cell.size() <= 40 ? std::string(cell) : std::string(cell.substr(0, 37)) + "...";
}

/// What the first pass learns of a column.
struct ColumnTally {
    long numbers = 0;
    long others = 0;
    long first_other_line = 0;
    std::string first_other;
    std::vector<bool> tokens_seen;
};

/// Reads a table: numbers in one pass over the text; a second pass fetches the text columns.
class TableReader {
public:
    TableReader(const std::string& text, const std::filesystem::path& path,
                const TableFormat& format, ProgressMeter& meter, std::stop_token stop)
        : text_(text),
          missing_(format.missing_tokens, format.decimal_comma),
          meter_(meter),
          stop_(std::move(stop)) {
        table_.path = path;
        table_.format = format;
    }

    Table read() {
        read_numbers();
        drop_unnamed_empty_column();
        settle_types();
        read_texts();
        return std::move(table_);
    }

private:
    void begin(RecordReader& reader);
    void name_columns(std::vector<std::string_view>& cells, RecordReader& reader);
    void read_numbers();
    void read_cell(std::size_t column, std::string_view cell, long line);
    [[noreturn]] void wrong_width(std::size_t found, long line) const;
    void report(const RecordReader& reader);
    void drop_unnamed_empty_column();
    void settle_types();
    void read_texts();

    const std::string& text_;
    MissingTokens missing_;
    ProgressMeter& meter_;
    std::stop_token stop_;
    Table table_;
    std::vector<ColumnTally> tallies_;
    std::size_t width_ = 0;            ///< cells that each row must have
    bool trailing_delimiter_ = false;  ///< rows end in a delimiter that the header lacks
};

void TableReader::report(const RecordReader& reader) {
    throw_if_cancelled(stop_);
    meter_.report(0.3 + 0.7 * static_cast<double>(reader.position()) /
                            static_cast<double>(std::max<std::size_t>(1, text_.size())));
}

void TableReader::begin(RecordReader& reader) {
    reader.skip_lines(table_.format.skip_lines);
}

void TableReader::name_columns(std::vector<std::string_view>& cells, RecordReader& reader) {
    std::vector<std::string> names;
    if (table_.format.has_header) {
        names.assign(cells.begin(), cells.end());
        const long header_line = reader.line();
        if (!reader.next(cells))
            throw Error(ErrorCode::bad_input,
                        place(table_.path, header_line) + ": the table has a header and no rows.",
                        "Choose a file with a row for each site.");
        if (cells.size() == names.size() + 1) {
            trailing_delimiter_ = cells.back().empty();
            if (!trailing_delimiter_) names.insert(names.begin(), "row");
        }
    } else {
        for (std::size_t i = 0; i < cells.size(); ++i)
            names.push_back("column " + std::to_string(i + 1));
    }
    width_ = names.size();
    table_.columns.resize(width_);
    tallies_.resize(width_);
    for (std::size_t i = 0; i < width_; ++i) {
        std::string& name = table_.columns[i].name;
        name = names[i];
        if (name.empty() && i + 1 < width_) name = "column " + std::to_string(i + 1);
        const auto taken = [&](const std::string& candidate) {
            return std::any_of(table_.columns.begin(),
                               table_.columns.begin() + static_cast<std::ptrdiff_t>(i),
                               [&](const TableColumn& other) { return other.name == candidate; });
        };
        const std::string stem = name;
        for (int k = 2; !name.empty() && taken(name); ++k) name = stem + "_" + std::to_string(k);
        tallies_[i].tokens_seen.resize(table_.format.missing_tokens.size());
    }
}

void TableReader::wrong_width(std::size_t found, long line) const {
    const std::string cells = std::to_string(found) + (found == 1 ? " cell" : " cells");
    throw Error(ErrorCode::bad_input,
                place(table_.path, line) + ": the row has " + cells + " where the " +
                    (table_.format.has_header ? "header" : "first row") + " has " +
                    std::to_string(width_) + ".",
                found < width_ ? "Fill in the row; a missing value is an empty cell between two "
                                 "delimiters."
                               : "Remove the extra cell, or put a cell that holds the delimiter in "
                                 "quotation marks.");
}

void TableReader::read_cell(std::size_t column, std::string_view cell, long line) {
    TableColumn& target = table_.columns[column];
    ColumnTally& tally = tallies_[column];
    double number = missing_value;
    int token = -1;
    if (parse_number(cell, table_.format.decimal_comma, number))
        token = std::isnan(number) ? missing_.find(cell) : missing_.find(number);
    else
        token = missing_.find(cell);
    const bool is_missing = token >= 0;
    if (is_missing) {
        ++target.missing;
        tally.tokens_seen[static_cast<std::size_t>(token)] = true;
        number = missing_value;
    } else if (std::isnan(number)) {  // no number, or a NaN that is no missing-value token
        number = missing_value;
        if (tally.others++ == 0) {
            tally.first_other_line = line;
            tally.first_other = shortened(cell);
        }
    } else {
        ++tally.numbers;
    }
    target.numbers.push_back(number);
}

void TableReader::read_numbers() {
    RecordReader reader(text_, table_.format, table_.path);
    std::vector<std::string_view> cells;
    begin(reader);
    if (!reader.next(cells))
        throw Error(ErrorCode::bad_input,
                    "The file " + quoted_name(table_.path) + " holds no rows.",
                    "Choose a file with a row for each site.");
    name_columns(cells, reader);
    do {
        if (trailing_delimiter_ && cells.size() == width_ + 1 && cells.back().empty())
            cells.pop_back();
        if (cells.size() != width_) wrong_width(cells.size(), reader.line());
        for (std::size_t i = 0; i < width_; ++i) read_cell(i, cells[i], reader.line());
        table_.lines.push_back(reader.line());
        if (table_.rows() == 1000) {
            // Enough is known to set memory aside for the rest.
            const std::size_t guess =
                1100 * (text_.size() / std::max<std::size_t>(1, reader.position()) + 1);
            for (TableColumn& column : table_.columns) column.numbers.reserve(guess);
            table_.lines.reserve(guess);
        }
        if (table_.rows() % rows_between_reports == 0) report(reader);
    } while (reader.next(cells));
    report(reader);
}

/// Header and rows that all end in a delimiter make a last column without name and cells.
void TableReader::drop_unnamed_empty_column() {
    if (width_ < 2 || !table_.columns.back().name.empty()) return;
    if (table_.columns.back().missing == table_.rows()) {
        table_.columns.pop_back();
        tallies_.pop_back();
        trailing_delimiter_ = true;
        --width_;
    } else {
        table_.columns.back().name = "column " + std::to_string(width_);
    }
}

void TableReader::settle_types() {
    for (std::size_t i = 0; i < width_; ++i) {
        TableColumn& column = table_.columns[i];
        const ColumnTally& tally = tallies_[i];
        for (std::size_t k = 0; k < tally.tokens_seen.size(); ++k)
            if (tally.tokens_seen[k])
                column.missing_tokens_seen.push_back(missing_.token(static_cast<int>(k)));
        column.numeric = tally.others == 0;
        if (column.numeric) continue;
        if (tally.numbers >= tally.others) {
            column.first_bad_line = tally.first_other_line;
            column.first_bad_cell = tally.first_other;
        }
        column.numbers.clear();
        column.numbers.shrink_to_fit();
    }
}

void TableReader::read_texts() {
    const bool all_numeric = std::all_of(table_.columns.begin(), table_.columns.end(),
                                         [](const TableColumn& column) { return column.numeric; });
    if (all_numeric) return;
    RecordReader reader(text_, table_.format, table_.path);
    std::vector<std::string_view> cells;
    begin(reader);
    if (table_.format.has_header) reader.next(cells);
    long row = 0;
    while (reader.next(cells)) {
        for (std::size_t i = 0; i < width_; ++i)
            if (!table_.columns[i].numeric) table_.columns[i].texts.emplace_back(cells[i]);
        if (++row % rows_between_reports == 0) throw_if_cancelled(stop_);
    }
}

}  // namespace

int Table::find(const std::string& name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == name) return static_cast<int>(i);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (lower_case(columns[i].name) == lower_case(name)) return static_cast<int>(i);
    return -1;
}

void refuse_text_column(const Table& table, int column) {
    const TableColumn& bad = table.columns[static_cast<std::size_t>(column)];
    long line = bad.first_bad_line;
    std::string cell = bad.first_bad_cell;
    const MissingTokens missing(table.format.missing_tokens, table.format.decimal_comma);
    for (std::size_t row = 0; line == 0 && row < bad.texts.size(); ++row) {
        double number = 0.0;
        const std::string& text = bad.texts[row];
        if (parse_number(text, table.format.decimal_comma, number) && !std::isnan(number)) continue;
        if (missing.find(text) >= 0) continue;
        line = table.lines[row];
        cell = shortened(text);
    }
    throw Error(ErrorCode::bad_input,
                place(table.path, line) + ", column \"" + bad.name + "\": \"" + cell +
                    "\" is not a number.",
                bad.first_bad_line > 0
                    ? "Correct the cell, or add \"" + cell + "\" to the missing-value tokens."
                    : "Choose a column of numbers, or check the decimal sign.");
}

Table read_table(const std::filesystem::path& path, const TableFormat& format,
                 const ProgressObserver& progress, std::stop_token stop) {
    throw_if_cancelled(stop);
    ProgressMeter meter(progress, "Reading " + path.filename().string());
    try {
        std::string bytes = read_bytes(path, 0, [&](double share) {
            throw_if_cancelled(stop);
            meter.report(0.3 * share);
        });
        const std::string text = utf8_from(std::move(bytes), format.encoding, path);
        Table table = TableReader(text, path, format, meter, stop).read();
        meter.report(1.0);
        return table;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "The table " + quoted_name(path) + " does not fit in memory.",
                    "Keep fewer rows or columns.");
    }
}

}  // namespace anamorph
