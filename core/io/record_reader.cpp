// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/record_reader.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/io/text_source.h"

namespace anamorph {

RecordReader::RecordReader(std::string_view text, const TableFormat& format,
                           std::filesystem::path path)
    : text_(text),
      delimiter_(format.delimiter),
      comment_(format.comment),
      newline_(text.find('\n') == std::string_view::npos ? '\r' : '\n'),
      path_(std::move(path)) {}

bool RecordReader::is_blank(char c) const {
    return c == ' ' || (c == '\t' && delimiter_ != '\t') || (c == '\r' && newline_ == '\n');
}

void RecordReader::skip_line() {
    const std::size_t end = text_.find(newline_, at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_;
}

void RecordReader::skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

bool RecordReader::find_record() {
    while (at_ < text_.size()) {
        std::size_t first = at_;
        while (first < text_.size() && is_blank(text_[first])) ++first;
        // A Ctrl-Z closes some old files.
        if (first == text_.size() || text_[first] == '\x1A') return false;
        const bool is_comment = comment_ != '\0' && text_[first] == comment_;
        if (text_[first] != newline_ && !is_comment) return true;
        skip_line();
    }
    return false;
}

void RecordReader::skip_lines(long count) {
    for (long i = 0; i < count && find_record(); ++i) skip_line();
}

std::string_view RecordReader::plain_cell() {
    const std::size_t begin = at_;
    const char* data = text_.data();
    const std::size_t size = text_.size();
    if (delimiter_ == ' ')
        while (at_ < size && data[at_] != newline_ && !is_blank(data[at_])) ++at_;
    else
        while (at_ < size && data[at_] != newline_ && data[at_] != delimiter_) ++at_;
    std::size_t end = at_;
    while (end > begin && is_blank(data[end - 1])) --end;
    return text_.substr(begin, end - begin);
}

std::string_view RecordReader::quoted_cell() {
    const long opened = line_;
    ++at_;
    std::string* copy = nullptr;
    std::size_t begin = at_;
    while (true) {
        const std::size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos)
            throw Error(ErrorCode::bad_input,
                        place(path_, opened) + ": a quotation mark is opened and never closed.",
                        "Close it, or remove it.");
        line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                            text_.begin() + static_cast<std::ptrdiff_t>(quote), newline_);
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') {
            const std::string_view rest = text_.substr(begin, quote - begin);
            if (!copy) return rest;
            copy->append(rest);
            return *copy;
        }
        if (!copy) copy = &unquoted_.emplace_back();
        copy->append(text_.substr(begin, at_ - begin));
        begin = ++at_;
    }
}

bool RecordReader::end_of_record() {
    skip_blanks();
    if (at_ >= text_.size()) return true;
    if (text_[at_] != newline_) return false;
    ++at_;
    ++line_;
    return true;
}

bool RecordReader::next(std::vector<std::string_view>& cells) {
    cells.clear();
    unquoted_.clear();
    if (!find_record()) return false;
    record_line_ = line_;
    skip_blanks();
    while (true) {
        if (at_ < text_.size() && text_[at_] == '"') {
            cells.push_back(quoted_cell());
            skip_blanks();
            const bool closed = at_ >= text_.size() || text_[at_] == newline_ ||
                                text_[at_] == delimiter_ || delimiter_ == ' ';
            if (!closed)
                throw Error(ErrorCode::bad_input,
                            place(path_, line_) + ", column " + std::to_string(cells.size()) +
                                ": there is text after a closing quotation mark.",
                            "Put the whole cell in quotation marks and double those inside it.");
        } else {
            cells.push_back(plain_cell());
        }
        if (end_of_record()) return true;
        if (delimiter_ != ' ') {
            ++at_;  // the delimiter
            // Blanks before the next cell; the end of the line makes an empty last cell.
            skip_blanks();
        }
    }
}

}  // namespace anamorph
