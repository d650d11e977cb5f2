// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/error.h"
#include "core/io/number_parsing.h"
#include "core/io/record_reader.h"
#include "core/io/table.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

constexpr std::size_t sample_bytes = std::size_t{256} << 10;
constexpr std::size_t sample_records = 300;
/// The encoding is judged on so many bytes: whole files of a few million rows.
constexpr std::size_t encoding_bytes = std::size_t{256} << 20;

using Record = std::vector<std::string>;

struct Sample {
    std::vector<Record> records;
    std::size_t modal_cells = 0;  ///< the most frequent number of cells
    double modal_share = 0.0;     ///< share of the records that have it
};

/// The first records of a text cut at `sample_bytes`; a record that the cut may have shortened is
/// left out. Text that this format cannot split counts as no records.
Sample take_sample(std::string_view text, const TableFormat& format,
                   const std::filesystem::path& path) {
    Sample sample;
    const std::string_view head = text.substr(0, sample_bytes);
    RecordReader reader(head, format, path);
    std::vector<std::string_view> cells;
    try {
        while (sample.records.size() < sample_records && reader.next(cells)) {
            if (reader.position() >= head.size() && head.size() < text.size() &&
                !sample.records.empty())
                break;
            sample.records.emplace_back(cells.begin(), cells.end());
        }
    } catch (const Error&) {
        if (sample.records.size() < 2) return {};
    }
    std::map<std::size_t, std::size_t> counts;
    for (const Record& record : sample.records) ++counts[record.size()];
    for (const auto& [cells_in_record, count] : counts) {
        const double share =
            static_cast<double>(count) / static_cast<double>(sample.records.size());
        if (share < sample.modal_share) continue;
        sample.modal_cells = cells_in_record;
        sample.modal_share = share;
    }
    return sample;
}

bool is_number_or_missing(const std::string& cell, const TableFormat& format,
                          const MissingTokens& missing) {
    double number = 0.0;
    return parse_number(cell, format.decimal_comma, number) || missing.find(cell) >= 0;
}

/// Share of the sample's cells, its first record left out, that are numbers or missing.
double numeric_share(const Sample& sample, const TableFormat& format) {
    const MissingTokens missing(format.missing_tokens, format.decimal_comma);
    std::size_t numeric = 0;
    std::size_t all = 0;
    for (std::size_t i = sample.records.size() > 1 ? 1 : 0; i < sample.records.size(); ++i)
        for (const std::string& cell : sample.records[i]) {
            ++all;
            if (is_number_or_missing(cell, format, missing)) ++numeric;
        }
    return all == 0 ? 0.0 : static_cast<double>(numeric) / static_cast<double>(all);
}

struct Guess {
    TableFormat format;
    Sample sample;
    double score = -1.0;
};

/// The delimiter and decimal sign under which most lines have the same number of cells and most
/// cells are numbers; the earlier candidate wins a tie.
Guess best_delimiter(std::string_view text, const TableFormat& start,
                     const std::filesystem::path& path, std::size_t fewest_columns) {
    Guess best;
    for (const char delimiter : {',', ';', '\t', '|', ' '}) {
        for (const bool decimal_comma : {false, true}) {
            if (decimal_comma && delimiter == ',') continue;
            Guess guess;
            guess.format = start;
            guess.format.delimiter = delimiter;
            guess.format.decimal_comma = decimal_comma;
            guess.sample = take_sample(text, guess.format, path);
            if (guess.sample.modal_cells < fewest_columns) continue;
            guess.score =
                guess.sample.modal_share * (0.3 + 0.7 * numeric_share(guess.sample, guess.format));
            if (guess.score > best.score + 1e-9) best = std::move(guess);
        }
    }
    return best;
}

/// Decides on the header: text above numbers. Sets `skip_lines` to the lines above it.
void find_header(Guess& guess) {
    const std::vector<Record>& records = guess.sample.records;
    const std::size_t width = guess.sample.modal_cells;
    std::size_t first = 0;
    while (first < records.size() && records[first].size() != width) ++first;
    if (first == records.size()) return;
    const MissingTokens missing(guess.format.missing_tokens, guess.format.decimal_comma);
    const auto holds_number = [&](const Record& record) {
        return std::any_of(record.begin(), record.end(), [&](const std::string& cell) {
            double number = 0.0;
            return parse_number(cell, guess.format.decimal_comma, number);
        });
    };
    // A header with one name too few stands above a table with unnamed row names (R writes those).
    if (first > 0 && records[first - 1].size() + 1 == width && width > 2 &&
        !holds_number(records[first - 1]) && holds_number(records[first])) {
        guess.format.has_header = true;
        guess.format.skip_lines = static_cast<long>(first) - 1;
        return;
    }
    guess.format.skip_lines = static_cast<long>(first);
    guess.format.has_header = !holds_number(records[first]);
    if (guess.format.has_header) return;
    // Numbers among names ("1997", "1998") can still be a header where a name stands above numbers.
    const std::size_t next = first + 1;
    if (next >= records.size() || records[next].size() != width) return;
    for (std::size_t column = 0; column < width; ++column) {
        const std::string& top = records[first][column];
        double number = 0.0;
        const bool top_is_text = !is_number_or_missing(top, guess.format, missing);
        if (top_is_text &&
            parse_number(records[next][column], guess.format.decimal_comma, number)) {
            std::size_t numeric_below = 0;
            for (std::size_t i = next; i < records.size(); ++i)
                if (records[i].size() == width &&
                    is_number_or_missing(records[i][column], guess.format, missing))
                    ++numeric_below;
            const std::set<std::string> distinct(records[first].begin(), records[first].end());
            guess.format.has_header =
                distinct.size() == width && numeric_below + 1 >= records.size() - first;
            if (guess.format.has_header) return;
        }
    }
}

std::string line_ending_of(std::string_view text) {
    const std::size_t feed = text.find('\n');
    if (feed == std::string_view::npos)
        return text.find('\r') == std::string_view::npos ? "LF" : "CR";
    return feed > 0 && text[feed - 1] == '\r' ? "CRLF" : "LF";
}

/// '#' unless lines begin with another usual comment sign and none with '#'.
char comment_sign_of(std::string_view text) {
    const std::string_view head = text.substr(0, sample_bytes);
    for (const char sign : {'#', '%', '!'}) {
        const std::string after_line{'\n', sign};
        if (head.starts_with(sign) || head.find(after_line) != std::string_view::npos) return sign;
    }
    return '#';
}

}  // namespace

TableFormat detect_table_format(const std::filesystem::path& path, int fewest_columns) {
    std::string bytes = read_bytes(path, encoding_bytes);
    const TextEncoding encoding = detect_encoding(bytes, path);
    // A cut in the middle of a character must not count as an error.
    if (bytes.size() > sample_bytes + 4) bytes.resize(sample_bytes + 4);
    while (encoding.name == "UTF-8" && bytes.size() > sample_bytes &&
           (static_cast<unsigned char>(bytes.back()) & 0x80u) != 0)
        bytes.pop_back();
    if (encoding.name.starts_with("UTF-16") && bytes.size() > sample_bytes)
        bytes.resize(bytes.size() / 4 * 4);
    const std::string text = utf8_from(std::move(bytes), encoding.name, path);

    TableFormat start;
    start.encoding = encoding.name;
    start.byte_order_mark = encoding.byte_order_mark;
    start.line_ending = line_ending_of(text);
    start.comment = comment_sign_of(text);
    Guess guess = best_delimiter(text, start, path, static_cast<std::size_t>(fewest_columns));
    if (guess.score < 0.0) {
        RecordReader reader(text, start, path);
        std::vector<std::string_view> cells;
        if (!reader.next(cells))
            throw Error(ErrorCode::bad_input,
                        "The file " + quoted_name(path) + " has only blank lines or comments.",
                        "Choose a file with a row for each site.");
        throw Error(ErrorCode::bad_input,
                    place(path, reader.line()) + ": the table has only one column.",
                    "A coordinate and a value are needed at least, separated by a comma, a "
                    "semicolon, a tab, a bar or blanks.");
    }
    find_header(guess);
    return guess.format;
}

std::vector<std::vector<std::string>> preview_table(const std::filesystem::path& path,
                                                    const TableFormat& format, long rows) {
    std::string bytes = read_bytes(path, sample_bytes);
    if (format.encoding == "UTF-8" && bytes.size() == sample_bytes)
        while (!bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80u) != 0)
            bytes.pop_back();
    const std::string text = utf8_from(std::move(bytes), format.encoding, path);
    RecordReader reader(text, format, path);
    std::vector<std::vector<std::string>> cells_by_row;
    std::vector<std::string_view> cells;
    reader.skip_lines(format.skip_lines);
    const long wanted = rows + (format.has_header ? 1 : 0);
    while (static_cast<long>(cells_by_row.size()) < wanted && reader.next(cells)) {
        const bool perhaps_cut = reader.position() >= text.size() && text.size() >= sample_bytes;
        if (perhaps_cut && !cells_by_row.empty()) break;
        cells_by_row.emplace_back(cells.begin(), cells.end());
    }
    if (!format.has_header && !cells_by_row.empty()) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < cells_by_row.front().size(); ++i)
            names.push_back("column " + std::to_string(i + 1));
        cells_by_row.insert(cells_by_row.begin(), std::move(names));
    }
    // R's tables: one more cell than names.
    if (cells_by_row.size() > 1 && cells_by_row[0].size() + 1 == cells_by_row[1].size())
        cells_by_row[0].insert(cells_by_row[0].begin(), "row");
    return cells_by_row;
}

}  // namespace anamorph
