// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "core/base/archive.h"
#include "core/base/types.h"

namespace anamorph {

/// What a project keeps in its own tables: texts (JSON) by key, and arrays by owner and name.
///
/// In the file: `anamorph_document` (key, value) and `anamorph_array` (owner, name, rows, cols,
/// data: little-endian float64, column by column). The document `format` holds the version of this
/// layout, the document `checksum` a FNV-1a sum over everything else.
class ProjectStore {
public:
    void set_document(const std::string& key, std::string json);
    void set_array(const std::string& owner, const std::string& name, Matrix array);
    /// An archive becomes the document `owner` and the arrays of that owner.
    void set_archive(const std::string& owner, const Archive& archive);

    [[nodiscard]] bool has_document(const std::string& key) const;
    /// @throws Error(bad_input) if there is none.
    [[nodiscard]] const std::string& document(const std::string& key) const;
    /// @throws Error(bad_input) if there is none.
    [[nodiscard]] const Matrix& array(const std::string& owner, const std::string& name) const;
    /// An array with one column. @throws Error(bad_input) if there is none or it has another shape.
    [[nodiscard]] Vector vector(const std::string& owner, const std::string& name) const;
    [[nodiscard]] Archive archive(const std::string& owner) const;

    /// Adds the tables to a GeoPackage. @throws Error(input_output)
    void write(const std::filesystem::path& path) const;
    /// @throws Error(input_output | bad_input) for a file that is missing, cut short, changed by
    /// another program, newer than this program, or no Anamorph project.
    [[nodiscard]] static ProjectStore read(const std::filesystem::path& path);
    /// True if the file is a GeoPackage with these tables. Never throws.
    [[nodiscard]] static bool is_in(const std::filesystem::path& path) noexcept;

private:
    [[nodiscard]] std::string checksum() const;

    std::map<std::string, std::string> documents_;
    std::map<std::pair<std::string, std::string>, Matrix> arrays_;
};

}  // namespace anamorph
