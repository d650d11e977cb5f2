// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project_store.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/base/error.h"
#include "core/io/database.h"
#include "core/io/text_source.h"

namespace anamorph {

namespace {

/// Grows when a file can no longer be read by older programs.
constexpr int format_version = 1;
constexpr const char* format_key = "format";
constexpr const char* checksum_key = "checksum";

/// FNV-1a, 64 bits (Fowler, Noll, Vo). It finds accidents and careless edits, not forgeries.
class Checksum {
public:
    void add(const void* bytes, std::size_t size) {
        const auto* data = static_cast<const unsigned char*>(bytes);
        for (std::size_t i = 0; i < size; ++i) sum_ = (sum_ ^ data[i]) * 0x100000001B3ull;
    }
    void add(const std::string& text) {
        add(static_cast<std::int64_t>(text.size()));
        add(text.data(), text.size());
    }
    void add(std::int64_t number) {
        unsigned char bytes[8];
        for (int i = 0; i < 8; ++i)
            bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (8 * i));
        add(bytes, sizeof bytes);
    }
    [[nodiscard]] std::string text() const {
        char digits[17] = {};
        const auto end = std::to_chars(digits, digits + 16, sum_, 16);
        const std::string shown(digits, end.ptr);
        return std::string(16 - shown.size(), '0') + shown;
    }

private:
    std::uint64_t sum_ = 0xCBF29CE484222325ull;
};

/// The array as little-endian float64, column by column.
std::vector<unsigned char> bytes_of(const Matrix& array) {
    std::vector<unsigned char> bytes(static_cast<std::size_t>(array.size()) * 8);
    if (bytes.empty()) return bytes;
    std::memcpy(bytes.data(), array.data(), bytes.size());
    if constexpr (std::endian::native == std::endian::big)
        for (std::size_t i = 0; i < bytes.size(); i += 8)
            for (std::size_t k = 0; k < 4; ++k) std::swap(bytes[i + k], bytes[i + 7 - k]);
    return bytes;
}

Matrix array_of(const void* data, std::size_t size, std::int64_t rows, std::int64_t cols) {
    constexpr std::int64_t most = std::int64_t{1} << 31;
    if (rows < 0 || cols < 0 || rows > most || cols > most ||
        static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(cols) * 8 != size)
        throw Error(ErrorCode::bad_input, "an array has not the size that it claims");
    std::vector<unsigned char> bytes(size);
    if (size > 0) std::memcpy(bytes.data(), data, size);
    if constexpr (std::endian::native == std::endian::big)
        for (std::size_t i = 0; i < size; i += 8)
            for (std::size_t k = 0; k < 4; ++k) std::swap(bytes[i + k], bytes[i + 7 - k]);
    Matrix array(rows, cols);
    if (size > 0) std::memcpy(array.data(), bytes.data(), size);
    return array;
}

[[noreturn]] void refuse_damaged(const std::filesystem::path& path, const std::string& why) {
    throw Error(ErrorCode::bad_input,
                "The project " + quoted_name(path) + " is damaged: " + why + ".",
                "Open a copy that was saved before, or make the project again from its data.");
}

[[noreturn]] void refuse_foreign(const std::filesystem::path& path, const std::string& what) {
    throw Error(ErrorCode::bad_input,
                "The file " + quoted_name(path) + " is " + what + ", not an Anamorph project.",
                "Projects are files that Anamorph saved, and end in .gpkg; a table of measurements "
                "is imported as data.");
}

/// Looks at SQLite's header: the file must be as long as it says.
void check_header(const std::filesystem::path& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure))
        throw Error(ErrorCode::bad_input, "\"" + path.string() + "\" is a folder, not a project.",
                    "Choose a file in it.");
    if (!std::filesystem::exists(path, failure))
        throw Error(ErrorCode::input_output, "There is no file \"" + path.string() + "\".",
                    "Check the name and the folder.");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(ErrorCode::input_output,
                    "The project \"" + path.string() + "\" could not be opened.",
                    "Check that you may read it.");
    unsigned char header[100] = {};
    file.read(reinterpret_cast<char*>(header), sizeof header);
    const auto read = file.gcount();
    if (read == 0) refuse_foreign(path, "empty");
    if (std::memcmp(header, "SQLite format 3", 16) != 0) refuse_foreign(path, "no GeoPackage");
    if (read < 100) refuse_damaged(path, "it was cut short");
    const std::uint64_t stored = (std::uint64_t{header[16]} << 8) | header[17];
    const std::uint64_t page = stored == 1 ? 65536 : stored;
    std::uint64_t pages = 0;
    for (int i = 28; i < 32; ++i) pages = (pages << 8) | header[i];
    const std::uint64_t size = std::filesystem::file_size(path, failure);
    if (!failure && size < page * pages) refuse_damaged(path, "it was cut short");
}

}  // namespace

void ProjectStore::set_document(const std::string& key, std::string json) {
    documents_[key] = std::move(json);
}

void ProjectStore::set_array(const std::string& owner, const std::string& name, Matrix array) {
    arrays_[{owner, name}] = std::move(array);
}

void ProjectStore::set_archive(const std::string& owner, const Archive& archive) {
    set_document(owner, archive.json);
    for (const auto& [name, array] : archive.arrays) set_array(owner, name, array);
}

bool ProjectStore::has_document(const std::string& key) const {
    return documents_.contains(key);
}

const std::string& ProjectStore::document(const std::string& key) const {
    const auto found = documents_.find(key);
    if (found == documents_.end())
        throw Error(ErrorCode::bad_input, "its part \"" + key + "\" is missing");
    return found->second;
}

const Matrix& ProjectStore::array(const std::string& owner, const std::string& name) const {
    const auto found = arrays_.find({owner, name});
    if (found == arrays_.end())
        throw Error(ErrorCode::bad_input,
                    "the array \"" + name + "\" of \"" + owner + "\" is missing");
    return found->second;
}

Vector ProjectStore::vector(const std::string& owner, const std::string& name) const {
    const Matrix& found = array(owner, name);
    if (found.size() > 0 && found.cols() != 1)
        throw Error(ErrorCode::bad_input,
                    "the array \"" + name + "\" of \"" + owner + "\" has more than one column");
    return found.reshaped();
}

Archive ProjectStore::archive(const std::string& owner) const {
    Archive archive;
    archive.json = document(owner);
    for (const auto& [key, array] : arrays_)
        if (key.first == owner) archive.arrays[key.second] = array;
    return archive;
}

std::string ProjectStore::checksum() const {
    Checksum sum;
    for (const auto& [key, json] : documents_) {
        if (key == checksum_key) continue;
        sum.add(key);
        sum.add(json);
    }
    for (const auto& [key, array] : arrays_) {
        sum.add(key.first);
        sum.add(key.second);
        sum.add(std::int64_t{array.rows()});
        sum.add(std::int64_t{array.cols()});
        const std::vector<unsigned char> bytes = bytes_of(array);
        sum.add(bytes.data(), bytes.size());
    }
    return sum.text();
}

void ProjectStore::write(const std::filesystem::path& path) const {
    ProjectStore complete = *this;
    complete.set_document(format_key, "{\"program\":\"Anamorph\",\"version\":" +
                                          std::to_string(format_version) + "}");
    complete.set_document(checksum_key, "\"" + complete.checksum() + "\"");
    Database database(path, Database::Mode::read_write);
    database.execute("BEGIN");
    database.execute(
        "CREATE TABLE anamorph_document (key TEXT PRIMARY KEY NOT NULL, "
        "value TEXT NOT NULL)");
    database.execute(
        "CREATE TABLE anamorph_array (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, "
        "name TEXT NOT NULL, rows INTEGER NOT NULL, cols INTEGER NOT NULL, "
        "data BLOB NOT NULL, UNIQUE (owner, name))");
    {
        Statement insert(database, "INSERT INTO anamorph_document VALUES (?, ?)");
        for (const auto& [key, json] : complete.documents_) {
            insert.bind(0, key);
            insert.bind(1, json);
            insert.step();
            insert.reset();
        }
        Statement insert_array(database,
                               "INSERT INTO anamorph_array (owner, name, rows, cols, data) "
                               "VALUES (?, ?, ?, ?, ?)");
        for (const auto& [key, array] : complete.arrays_) {
            const std::vector<unsigned char> bytes = bytes_of(array);
            insert_array.bind(0, key.first);
            insert_array.bind(1, key.second);
            insert_array.bind(2, std::int64_t{array.rows()});
            insert_array.bind(3, std::int64_t{array.cols()});
            insert_array.bind(4, bytes.data(), bytes.size());
            insert_array.step();
            insert_array.reset();
        }
    }
    database.execute("COMMIT");
}

ProjectStore ProjectStore::read(const std::filesystem::path& path) {
    check_header(path);
    Database database(path, Database::Mode::read_only);
    if (!database.has_table("anamorph_document") || !database.has_table("anamorph_array"))
        refuse_foreign(path, "a GeoPackage or database of another program");
    ProjectStore store;
    Statement documents(database, "SELECT key, value FROM anamorph_document");
    while (documents.step()) store.documents_[documents.text(0)] = documents.text(1);
    if (!store.has_document(format_key) || !store.has_document(checksum_key))
        refuse_damaged(path, "its format or its checksum is missing");
    const std::string& format = store.document(format_key);
    const std::size_t at = format.find("\"version\":");
    int version = 0;
    if (at != std::string::npos)
        std::from_chars(format.data() + at + 10, format.data() + format.size(), version);
    if (version > format_version)
        throw Error(ErrorCode::bad_input,
                    "The project " + quoted_name(path) + " was saved by a newer Anamorph (format " +
                        std::to_string(version) + "; this program reads up to " +
                        std::to_string(format_version) + ").",
                    "Open it with that version.");
    if (version < 1) refuse_damaged(path, "its format is not known");
    Statement arrays(database, "SELECT owner, name, rows, cols, data FROM anamorph_array");
    try {
        while (arrays.step()) {
            std::size_t size = 0;
            const void* data = arrays.bytes(4, size);
            store.set_array(arrays.text(0), arrays.text(1),
                            array_of(data, size, arrays.integer(2), arrays.integer(3)));
        }
    } catch (const Error& error) {
        if (!error.hint().empty()) throw;
        refuse_damaged(path, error.what());
    }
    if (store.document(checksum_key) != "\"" + store.checksum() + "\"")
        refuse_damaged(path,
                       "its contents do not agree with their checksum; another program may "
                       "have changed it");
    return store;
}

bool ProjectStore::is_in(const std::filesystem::path& path) noexcept {
    try {
        std::ifstream file(path, std::ios::binary);
        char magic[16] = {};
        if (!file.read(magic, sizeof magic) || std::memcmp(magic, "SQLite format 3", 16) != 0)
            return false;
        Database database(path, Database::Mode::read_only);
        return database.has_table("anamorph_document");
    } catch (...) {
        return false;
    }
}

}  // namespace anamorph
