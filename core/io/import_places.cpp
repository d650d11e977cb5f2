// SPDX-License-Identifier: GPL-3.0-or-later
// Where the sites lie: degrees are projected or taken to the sphere, other coordinates are kept.
#include <cmath>
#include <sstream>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/io/importer.h"
#include "core/io/text_source.h"

namespace anamorph {

void Importer::check_degrees() const {
    if (dataset_.space_dimension() < 2)
        throw Error(ErrorCode::bad_input,
                    quoted_name(table_.path) +
                        ": longitude and latitude are both needed to project "
                        "degrees, but only one coordinate is chosen.",
                    "Choose y as well, or do not treat the coordinate as degrees.");
    for (Index i = 0; i < dataset_.size(); ++i) {
        const long line = dataset_.source_lines[static_cast<std::size_t>(i)];
        for (int axis = 0; axis < 2; ++axis) {
            const double degrees = dataset_.coordinates(i, axis);
            if (std::abs(degrees) <= (axis == 0 ? 360.0 : 90.0)) continue;
            std::ostringstream text;
            text << column_place(line, used_.coordinates[static_cast<std::size_t>(axis)]) << ": "
                 << degrees << " is no " << (axis == 0 ? "longitude" : "latitude")
                 << " in degrees.";
            throw Error(ErrorCode::bad_input, text.str(),
                        "Perhaps longitude and latitude are exchanged, or the coordinates are not "
                        "in degrees.");
        }
    }
}

void Importer::place_on_sphere(const std::string& source) {
    if (dataset_.dimension() > 2)
        throw Error(ErrorCode::unsupported,
                    quoted_name(table_.path) + ": chordal distances take longitude and latitude alone.",
                    "Leave the third coordinate out, or make it a covariate.");
    dataset_.coordinate_system = chordal_system(source);
    dataset_.coordinates = dataset_.coordinate_system.working_from_source(dataset_.coordinates);
    dataset_.notes.push_back(
        "Distances are chords of the sphere in kilometres (radius 6371 km): longitude and latitude were turned "
        "into geocentric coordinates.");
    if (used_.time >= 0)
        dataset_.notes.push_back("On the sphere the time \"" + column(used_.time).name +
                                 "\" is a covariate: name it as one more coordinate of the distance.");
}

/// Degrees are projected; a named system is kept; else the coordinates are local.
void Importer::place_in_plane() {
    const std::string& named = options_.coordinate_system;
    const bool named_degrees = !named.empty() && is_geographic_system(named);
    CoordinateSystem& system = dataset_.coordinate_system;
    if (options_.coordinates_are_degrees || named_degrees) {
        if (dataset_.size() == 0) return;
        check_degrees();
        if (on_sphere()) return place_on_sphere(named_degrees ? named : "OGC:CRS84");
        system = equal_area_system_for(dataset_.coordinates, named_degrees ? named : "OGC:CRS84");
        dataset_.coordinates = system.working_from_source(dataset_.coordinates);
        dataset_.notes.push_back(
            "Longitude and latitude were projected to an equal-area plane in "
            "kilometres (" +
            system.label.substr(4) + ").");
        return;
    }
    if (!named.empty()) {
        system = coordinate_system_named(named);
        return;
    }
    system.unit = options_.coordinate_unit;
    system.label = system.unit.empty() ? "local" : system.unit + ", local";
}

}  // namespace anamorph
