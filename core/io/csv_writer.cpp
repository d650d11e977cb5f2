// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/csv_writer.h"

#include <charconv>
#include <cmath>

#include "core/base/error.h"

namespace anamorph {

CsvWriter::CsvWriter(const std::filesystem::path& path)
    : file_(path), stream_(std::fopen(file_.temporary().c_str(), "wb"), std::fclose) {
    if (!stream_) refuse();
    std::setvbuf(stream_.get(), nullptr, _IONBF, 0);  // what was written has left the program
}

void CsvWriter::text(const std::string& cell) {
    separate();
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
        buffer_ += cell;
        return;
    }
    buffer_ += '"';
    for (const char c : cell) buffer_.append(c == '"' ? 2 : 1, c);
    buffer_ += '"';
}

void CsvWriter::number(double value, bool exact) {
    separate();
    if (std::isnan(value)) return;
    char digits[40];
    const auto end = exact ? std::to_chars(digits, digits + sizeof digits, value)
                           : std::to_chars(digits, digits + sizeof digits, value,
                                           std::chars_format::general, 15);
    buffer_.append(digits, end.ptr);
}

void CsvWriter::end_row() {
    buffer_ += '\n';
    first_ = true;
    if (buffer_.size() > (std::size_t{1} << 20)) flush();
}

void CsvWriter::finish() {
    flush();
    std::FILE* stream = stream_.release();
    if (std::fclose(stream) != 0) refuse();
    file_.commit();
}

void CsvWriter::separate() {
    if (!first_) buffer_ += ',';
    first_ = false;
}

void CsvWriter::flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), stream_.get()) != buffer_.size()) refuse();
    whole_ += buffer_.size();
    buffer_.clear();
}

void CsvWriter::keep_whole_rows() {
    std::FILE* stream = stream_.release();
    const bool all = std::fwrite(buffer_.data(), 1, buffer_.size(), stream) == buffer_.size();
    const bool closed = std::fclose(stream) == 0;
    if (!all || !closed) std::filesystem::resize_file(file_.temporary(), whole_);
    file_.commit();
}

void CsvWriter::refuse() const {
    throw Error(ErrorCode::input_output,
                "The file \"" + file_.target().string() + "\" could not be written.",
                "Check that you may write there and that the disk is not full.");
}

}  // namespace anamorph
