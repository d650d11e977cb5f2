// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/types.h"

namespace anamorph {

/// The coordinate system that a data set's coordinates are in.
///
/// Degrees are never used as a plane: on import longitude and latitude are projected (PROJ) to an
/// equal-area system in kilometres made for the data's extent; `source_wkt` then keeps where they
/// came from and `source_from_working` / `working_from_source` go back and forth.
struct CoordinateSystem {
    std::string wkt;         ///< of the working coordinates; empty: a local, unnamed system
    std::string label;       ///< a few words for a subtitle: "km, Albers", "m, EPSG:28992", "local"
    std::string unit;        ///< of the working coordinates: "km", "m", "ft", or empty
    std::string source_wkt;  ///< of the file's coordinates if they were projected; else empty

    /// The working coordinates (d = 3) are geocentric, in `unit`, of a sphere: distances between
    /// sites are chords. `source_wkt` is then the system of the degrees.
    bool chordal = false;

    [[nodiscard]] bool is_projected_from_source() const { return !source_wkt.empty(); }
    /// Points n×d in the file's coordinates → working coordinates (first two columns transformed,
    /// others kept). The identity where nothing was projected.
    /// @throws Error(bad_input) naming the first point that cannot be projected.
    [[nodiscard]] Points working_from_source(const Points& x_in_source) const;
    /// The inverse of working_from_source. @throws Error(bad_input)
    [[nodiscard]] Points source_from_working(const Points& x_in_working) const;
};

/// An Albers equal-area system in km (azimuthal equal-area near the poles or for extents under 3
/// degrees of latitude) centred on the given longitudes and latitudes (n×2, degrees). Standard
/// parallels lie at 1/6 and 5/6 of the extent of latitude. `source` is the geographic system that
/// the degrees are in, anything PROJ understands.
/// @throws Error(bad_input) for latitudes outside ±90 or an extent over 180 degrees of longitude.
[[nodiscard]] CoordinateSystem equal_area_system_for(const Points& lon_lat_degrees,
                                                     const std::string& source = "OGC:CRS84");

/// The system that a text names: "EPSG:2154", a PROJ string, WKT. Its label is the unit and the
/// name ("m, EPSG:2154"). @throws Error(bad_input) if PROJ does not know it.
[[nodiscard]] CoordinateSystem coordinate_system_named(const std::string& text);

/// True if the text names a system of longitude and latitude. @throws Error(bad_input)
[[nodiscard]] bool is_geographic_system(const std::string& text);

}  // namespace anamorph
