// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/database.h"

#include <sqlite3.h>

#include "core/base/error.h"
#include "core/io/text_source.h"

namespace anamorph {

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path) {
    const int flags = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) == SQLITE_OK) return;
    const std::string message = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    sqlite3_close(handle_);
    throw Error(ErrorCode::input_output,
                "The file \"" + path.string() + "\" could not be opened (" + message + ").",
                "Check that the file exists and that you may read it.");
}

Database::~Database() {
    sqlite3_close(handle_);
}

void Database::refuse() const {
    const int code = sqlite3_errcode(handle_) & 0xFF;
    const std::string message = sqlite3_errmsg(handle_);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR)
        throw Error(ErrorCode::bad_input,
                    "The project " + quoted_name(path_) + " is damaged (" + message + ").",
                    "Open a copy that was saved before, or make the project again from its data.");
    throw Error(ErrorCode::input_output,
                "Reading or writing \"" + path_.string() + "\" failed (" + message + ").",
                "Check the disk and that no other program holds the file.");
}

void Database::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) refuse();
}

bool Database::has_table(const std::string& name) {
    Statement statement(*this, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
    statement.bind(0, name);
    return statement.step();
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
    if (sqlite3_prepare_v2(database.handle(), sql, -1, &statement_, nullptr) != SQLITE_OK)
        database_.refuse();
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

void Statement::bind(int parameter, const std::string& text) {
    if (sqlite3_bind_text64(statement_, parameter + 1, text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8) != SQLITE_OK)
        database_.refuse();
}

void Statement::bind(int parameter, std::int64_t number) {
    if (sqlite3_bind_int64(statement_, parameter + 1, number) != SQLITE_OK) database_.refuse();
}

void Statement::bind(int parameter, const void* bytes, std::size_t size) {
    const int result =
        size == 0 ? sqlite3_bind_zeroblob(statement_, parameter + 1, 0)
                  : sqlite3_bind_blob64(statement_, parameter + 1, bytes, size, SQLITE_STATIC);
    if (result != SQLITE_OK) database_.refuse();
}

bool Statement::step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) database_.refuse();
    return result == SQLITE_ROW;
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

std::string Statement::text(int column) const {
    const auto* characters = sqlite3_column_text(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return characters ? std::string(reinterpret_cast<const char*>(characters),
                                    static_cast<std::size_t>(size))
                      : std::string();
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

const void* Statement::bytes(int column, std::size_t& size) const {
    const void* data = sqlite3_column_blob(statement_, column);
    size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data;
}

}  // namespace anamorph
