// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/table.h"

namespace anamorph {

/// Splits delimited text (UTF-8, kept alive by the caller) into records of cells, without copying
/// cells that need no unquoting. Comment lines and blank lines are passed over. A cell in double
/// quotation marks may hold delimiters, line breaks and doubled quotation marks (RFC 4180). Lines
/// end in LF, CRLF or CR.
class RecordReader {
public:
    RecordReader(std::string_view text, const TableFormat& format, std::filesystem::path path);

    /// The next record; false at the end. Cells are trimmed of blanks outside quotation marks and
    /// stay valid until the next call. @throws Error(bad_input) for an unclosed quotation mark.
    bool next(std::vector<std::string_view>& cells);
    /// Line (1-based) on which the last record began.
    [[nodiscard]] long line() const { return record_line_; }
    /// Bytes consumed so far.
    [[nodiscard]] std::size_t position() const { return at_; }
    /// Passes over so many lines that are neither blank nor comments.
    void skip_lines(long count);

private:
    /// Goes to the next line that is neither blank nor a comment; false at the end.
    bool find_record();
    void skip_line();
    void skip_blanks();
    std::string_view plain_cell();
    std::string_view quoted_cell();
    /// True after the record's last cell; passes over the line's end.
    bool end_of_record();
    [[nodiscard]] bool is_blank(char c) const;

    std::string_view text_;
    char delimiter_;
    char comment_;
    char newline_;
    std::filesystem::path path_;
    std::size_t at_ = 0;
    long line_ = 1;
    long record_line_ = 0;
    std::deque<std::string> unquoted_;
};

}  // namespace anamorph
