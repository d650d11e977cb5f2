// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace anamorph {

/// A file's name in quotation marks, as messages show it.
[[nodiscard]] std::string quoted_name(const std::filesystem::path& path);

/// Where in a file something is wrong, for messages: "data.csv", line 7.
[[nodiscard]] std::string place(const std::filesystem::path& path, long line);

/// The bytes of a text file, at most `limit` of them (0: all). `progress` gets the share read.
/// @throws Error(input_output) if it cannot be read; Error(bad_input) for a folder or an empty
/// file; Error(out_of_memory) if it does not fit in memory.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& path, std::size_t limit = 0,
                                     const std::function<void(double)>& progress = {});

/// How bytes encode text.
struct TextEncoding {
    std::string name = "UTF-8";  ///< "UTF-8", "UTF-16LE", "UTF-16BE" or "Latin-1"
    bool byte_order_mark = false;
};

/// Guesses the encoding. Text that is not valid UTF-8 counts as Latin-1.
/// @throws Error(bad_input) if the bytes are no text; names the kind of file where it can tell.
[[nodiscard]] TextEncoding detect_encoding(const std::string& bytes,
                                           const std::filesystem::path& path);

/// The bytes as UTF-8 without a byte order mark. @throws Error(bad_input) naming the line where
/// they do not fit the encoding.
[[nodiscard]] std::string utf8_from(std::string bytes, const std::string& encoding,
                                    const std::filesystem::path& path);

}  // namespace anamorph
