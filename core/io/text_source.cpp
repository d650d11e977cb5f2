// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/text_source.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr std::size_t block_size = std::size_t{4} << 20;

struct Signature {
    std::string_view bytes;
    const char* kind;
    const char* hint;
};

using namespace std::string_view_literals;

constexpr const char* save_as_csv = "Save the table as CSV (comma-separated text) and open that.";
constexpr const char* pick_a_table = "Choose a table of measurements: CSV, TSV or other text.";

constexpr std::array<Signature, 17> signatures{{
    {"SQLite format 3\0"sv, "a database (SQLite or GeoPackage)",
     "If it is an Anamorph project, open it as a project; else export the layer as CSV."},
    {"PK\x03\x04"sv, "a compressed archive or a spreadsheet (ZIP, XLSX, ODS)", save_as_csv},
    {"\xD0\xCF\x11\xE0"sv, "an old spreadsheet or document (XLS, DOC)", save_as_csv},
    {"\x1F\x8B"sv, "a compressed file (gzip)", "Unpack it first."},
    {"BZh"sv, "a compressed file (bzip2)", "Unpack it first."},
    {"\xFD\x37zXZ"sv, "a compressed file (xz)", "Unpack it first."},
    {"7z\xBC\xAF"sv, "a compressed archive (7z)", "Unpack it first."},
    {"%PDF"sv, "a PDF document", pick_a_table},
    {"\x89PNG"sv, "a picture (PNG)", pick_a_table},
    {"\xFF\xD8\xFF"sv, "a picture (JPEG)", pick_a_table},
    {"II*\0"sv, "a raster (TIFF)", pick_a_table},
    {"MM\0*"sv, "a raster (TIFF)", pick_a_table},
    {"\x89HDF"sv, "an HDF5 or NetCDF-4 file", "Export the variable as CSV."},
    {"CDF\x01"sv, "a NetCDF file", "Export the variable as CSV."},
    {"CDF\x02"sv, "a NetCDF file", "Export the variable as CSV."},
    {"\0\0\x27\x0A"sv, "a shapefile", "Export the attribute table with coordinates as CSV."},
    {"\x7F"
     "ELF"sv,
     "a program", pick_a_table},
}};

bool is_continuation(unsigned char c) {
    return (c & 0xC0u) == 0x80u;
}

/// Length of the UTF-8 sequence at `at`, or 0 if there is no valid one.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 && lead <= 0xF4   ? 4
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                                                              : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(byte(at + i))) return 0;
    const unsigned char second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
        return 0;
    return length;
}

/// Offset of the first byte that is not UTF-8; npos if all are. Eight plain bytes at a time.
std::size_t first_invalid_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (at + 8 <= text.size()) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + at, 8);
            if ((word & 0x8080808080808080ull) == 0) {
                at += 8;
                continue;
            }
        }
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto put = [&](std::uint32_t c) { text.push_back(static_cast<char>(c)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

std::string utf8_from_latin1(const std::string& bytes) {
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 16);
    for (const char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
    return text;
}

std::string utf8_from_utf16(const std::string& bytes, bool little_endian,
                            const std::filesystem::path& path) {
    std::string text;
    text.reserve(bytes.size());
    const auto unit = [&](std::size_t i) -> std::uint32_t {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const auto second = static_cast<unsigned char>(bytes[i + 1]);
        return little_endian ? first | (second << 8u) : (first << 8u) | second;
    };
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::uint32_t code = unit(i);
        if (i == 0 && code == 0xFEFF) continue;
        if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size()) {
            const std::uint32_t low = unit(i + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if (code >= 0xD800 && code < 0xE000) {
            const auto line = 1 + std::count(text.begin(), text.end(), '\n');
            throw Error(ErrorCode::bad_input, place(path, line) + ": the text is not valid UTF-16.",
                        "Save the file as UTF-8 text and open it again.");
        }
        append_utf8(text, code);
    }
    return text;
}

double control_share(std::string_view sample) {
    std::size_t controls = 0;
    for (const char c : sample) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && byte != 26) ++controls;
    }
    return sample.empty() ? 0.0
                          : static_cast<double>(controls) / static_cast<double>(sample.size());
}

}  // namespace

std::string quoted_name(const std::filesystem::path& path) {
    std::string name(1, '"');
    name += path.filename().string();
    return name += '"';
}

std::string place(const std::filesystem::path& path, long line) {
    return quoted_name(path) + ", line " + std::to_string(line);
}

std::string read_bytes(const std::filesystem::path& path, std::size_t limit,
                       const std::function<void(double)>& progress) {
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (status.type() == std::filesystem::file_type::not_found)
        throw Error(ErrorCode::input_output, "There is no file \"" + path.string() + "\".",
                    "Check the name and the folder.");
    if (std::filesystem::is_directory(status))
        throw Error(ErrorCode::bad_input, "\"" + path.string() + "\" is a folder, not a file.",
                    "Choose a file in it.");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               std::fclose);
    if (!file)
        throw Error(ErrorCode::input_output,
                    "The file \"" + path.string() + "\" could not be opened for reading.",
                    "Check that you may read it.");
    const std::uintmax_t known = std::filesystem::file_size(path, failure);
    const double total = failure ? 0.0 : static_cast<double>(known);
    std::string bytes;
    try {
        if (!failure)
            bytes.reserve(static_cast<std::size_t>(known) + 1 < limit || limit == 0
                              ? static_cast<std::size_t>(known) + 1
                              : limit);
        while (limit == 0 || bytes.size() < limit) {
            const std::size_t before = bytes.size();
            const std::size_t wanted =
                limit == 0 ? block_size : std::min(block_size, limit - before);
            bytes.resize(before + wanted);
            const std::size_t got = std::fread(bytes.data() + before, 1, wanted, file.get());
            bytes.resize(before + got);
            if (got < wanted) break;
            if (progress && total > 0.0) progress(static_cast<double>(bytes.size()) / total);
        }
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "The file " + quoted_name(path) + " does not fit in memory.",
                    "Keep fewer rows or columns.");
    } catch (const std::length_error&) {
        throw Error(ErrorCode::out_of_memory,
                    "The file " + quoted_name(path) + " does not fit in memory.",
                    "Keep fewer rows or columns.");
    }
    if (std::ferror(file.get()))
        throw Error(ErrorCode::input_output,
                    "Reading the file \"" + path.string() + "\" failed half-way.",
                    "Check the disk or the network.");
    if (bytes.empty())
        throw Error(ErrorCode::bad_input, "The file " + quoted_name(path) + " is empty.",
                    "Choose a file with a row for each site.");
    return bytes;
}

TextEncoding detect_encoding(const std::string& bytes, const std::filesystem::path& path) {
    const std::string_view view(bytes);
    for (const Signature& signature : signatures)
        if (view.starts_with(signature.bytes))
            throw Error(ErrorCode::bad_input,
                        "The file " + quoted_name(path) + " is " + signature.kind +
                            ", not a table of text.",
                        signature.hint);
    if (view.starts_with("\xEF\xBB\xBF"sv)) return {"UTF-8", true};
    if (view.starts_with("\xFF\xFE"sv)) return {"UTF-16LE", true};
    if (view.starts_with("\xFE\xFF"sv)) return {"UTF-16BE", true};
    const std::string_view sample = view.substr(0, 65536);
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] == '\0') ++zeros[i % 2];
    const std::size_t half = sample.size() / 2;
    if (half > 0 && zeros[0] == 0 && zeros[1] > half * 7 / 10) return {"UTF-16LE", false};
    if (half > 0 && zeros[1] == 0 && zeros[0] > half * 7 / 10) return {"UTF-16BE", false};
    if (zeros[0] + zeros[1] > 0 || control_share(sample) > 0.02)
        throw Error(ErrorCode::bad_input,
                    "The file " + quoted_name(path) + " is binary, not a table of text.",
                    pick_a_table);
    return {first_invalid_utf8(view) == std::string_view::npos ? "UTF-8" : "Latin-1", false};
}

std::string utf8_from(std::string bytes, const std::string& encoding,
                      const std::filesystem::path& path) {
    if (encoding == "UTF-16LE" || encoding == "UTF-16BE")
        return utf8_from_utf16(bytes, encoding == "UTF-16LE", path);
    if (encoding == "Latin-1") return utf8_from_latin1(bytes);
    if (encoding != "UTF-8")
        throw Error(ErrorCode::bad_input, "The encoding \"" + encoding + "\" is not known.",
                    "Choose UTF-8, UTF-16LE, UTF-16BE or Latin-1.");
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
    const std::size_t bad = first_invalid_utf8(bytes);
    if (bad != std::string_view::npos) {
        const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(bad);
        const long line = 1 + static_cast<long>(std::count(bytes.begin(), end, '\n'));
        throw Error(ErrorCode::bad_input, place(path, line) + ": the text is not valid UTF-8.",
                    "Choose the encoding Latin-1, or save the file as UTF-8.");
    }
    return bytes;
}

}  // namespace anamorph
