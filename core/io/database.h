// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace anamorph {

/// An SQLite file.
class Database {
public:
    enum class Mode { read_only, read_write };
    /// @throws Error(input_output)
    Database(const std::filesystem::path& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// @throws Error(input_output) with SQLite's words.
    void execute(const char* sql);
    [[nodiscard]] bool has_table(const std::string& name);

    [[nodiscard]] sqlite3* handle() const { return handle_; }
    /// @throws Error(bad_input) for a damaged file or a missing table, Error(input_output) else.
    [[noreturn]] void refuse() const;

private:
    std::filesystem::path path_;
    sqlite3* handle_ = nullptr;
};

/// A prepared statement; parameters and columns count from 0.
class Statement {
public:
    Statement(Database& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(int parameter, const std::string& text);
    void bind(int parameter, std::int64_t number);
    /// The bytes must live until the next step.
    void bind(int parameter, const void* bytes, std::size_t size);
    /// True if there is a row. @throws as Database::refuse
    bool step();
    /// Makes the statement ready to be bound and run again.
    void reset();
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] const void* bytes(int column, std::size_t& size) const;

private:
    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
};

}  // namespace anamorph
