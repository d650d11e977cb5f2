// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/spatial_reference.h"

#include <ogr_spatialref.h>

namespace anamorph {

void ReleaseSpatialReference::operator()(OGRSpatialReference* reference) const {
    reference->Release();
}

SpatialReference spatial_reference_of(const CoordinateSystem& system) {
    const std::string& wkt = system.chordal ? system.source_wkt : system.wkt;  // maps are in degrees
    if (wkt.empty()) return nullptr;
    SpatialReference reference(new OGRSpatialReference());
    if (reference->SetFromUserInput(wkt.c_str()) != OGRERR_NONE) return nullptr;
    reference->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    return reference;
}

}  // namespace anamorph
