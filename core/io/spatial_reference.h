// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/data/coordinate_system.h"

class OGRSpatialReference;

namespace anamorph {

struct ReleaseSpatialReference {
    void operator()(OGRSpatialReference* reference) const;
};
using SpatialReference = std::unique_ptr<OGRSpatialReference, ReleaseSpatialReference>;

/// GDAL's form of a coordinate system, x before y; null for a local, unnamed one.
[[nodiscard]] SpatialReference spatial_reference_of(const CoordinateSystem& system);

}  // namespace anamorph
