// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace anamorph::cli {

/// ".tif" of "map.TIF".
[[nodiscard]] std::string extension_of(const std::string& path);
[[nodiscard]] bool is_tiff(const std::string& path);
/// Maps are written as tables or GeoTIFFs, predictions at points (`at_points`) as tables.
/// @throws UsageError, told of `command`
void check_map_file(const std::string& command, const std::string& path, bool at_points);

}  // namespace anamorph::cli
