// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "core/io/atomic_file.h"

namespace anamorph {

/// Writes a comma-separated file in blocks; it appears whole on `finish()`.
/// @throws Error(input_output)
class CsvWriter {
public:
    explicit CsvWriter(const std::filesystem::path& path);

    /// A cell of text, quoted where it must be.
    void text(const std::string& cell);
    /// 15 significant digits, or as many as give the same double back; NaN is an empty cell.
    void number(double value, bool exact = false);
    void end_row();
    void finish();
    /// After an error or an interruption: gives the file its name with the rows that reached the disk.
    void keep_whole_rows();

private:
    void separate();
    void flush();
    [[noreturn]] void refuse() const;

    AtomicFile file_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream_;
    std::string buffer_;
    std::uintmax_t whole_ = 0;  // bytes of rows that were written
    bool first_ = true;
};

}  // namespace anamorph
