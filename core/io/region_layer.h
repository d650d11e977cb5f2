// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// The outlines of all polygons of a GIS layer (GeoPackage, Shapefile, GeoJSON …), k×2 corners each
/// without the closing one, in the working coordinates of a data set; polygons that consist of several
/// parts give one outline each part, and holes are cut out (with_hole). Where the layer and the data have a coordinate system they are
/// transformed; else taken as they are. `layer`: its name; empty: the first one with polygons.
/// @throws Error(input_output | bad_input | unsupported)
[[nodiscard]] std::vector<Points> read_outlines(const std::filesystem::path& path, const SpatialDataset& of,
                                                const std::string& layer = {});

}  // namespace anamorph
