// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "app/cli/command.h"

namespace anamorph::cli {

std::string extension_of(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

bool is_tiff(const std::string& path) {
    const std::string extension = extension_of(path);
    return extension == ".tif" || extension == ".tiff";
}

void check_map_file(const std::string& command, const std::string& path, bool at_points) {
    const bool table = extension_of(path) == ".csv";
    if (at_points && !table) {
        throw UsageError(command + " --at writes a table: --out must end in .csv.");
    }
    if (!table && !is_tiff(path)) {
        throw UsageError("A map is written as a table or a GeoTIFF: --out must end in .csv, .tif or "
                         ".tiff.");
    }
}

}  // namespace anamorph::cli
