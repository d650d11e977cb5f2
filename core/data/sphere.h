// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// Mean radius of the Earth (IUGG), km: chordal distances are those of a sphere of this radius, on
/// which geodetic latitude is taken for spherical (distances are wrong by at most 0.4 %).
inline constexpr double earth_radius_km = 6371.0088;

/// The system of geocentric coordinates in km for degrees in the geographic system `source`:
/// distances between sites are the chords of the sphere, on which every correlation that is valid in
/// three dimensions is valid (Yadrenko 1983). @throws Error(bad_input) for an unknown system.
[[nodiscard]] CoordinateSystem chordal_system(const std::string& source = "OGC:CRS84");

/// Longitude and latitude (degrees, m×2) → geocentric (m×3, km), and back: longitude in (−180, 180],
/// points off the sphere as seen from its centre.
[[nodiscard]] Points geocentric_from_degrees(const Points& lon_lat);
[[nodiscard]] Points degrees_from_geocentric(const Points& x);

/// Unit vectors along which space extends at a working point (1×d), d×k: the axes of space; on the
/// sphere those towards east and north (k = 2); without the axis of time.
[[nodiscard]] Matrix directions_of_space(const SpatialDataset& dataset, const Points& x);

/// The meridian in the middle of a map of sites on the sphere: of their shortest arc of longitude, or 0
/// where they go round the globe. Degrees.
[[nodiscard]] double middle_meridian(const SpatialDataset& dataset);
/// Longitudes (first column, degrees) within half a turn of a meridian.
[[nodiscard]] Points turned_to(double middle, Points lon_lat);

/// What maps are drawn in: the coordinates of a data set, or, where these are geocentric, longitude
/// and latitude, turned so that the sites do not part at the edge.
[[nodiscard]] Points map_coordinates(const SpatialDataset& dataset);
/// The same of any working points (m×d) of that data set.
[[nodiscard]] Points map_from_working(const SpatialDataset& dataset, const Points& x);
/// Points of a map (m×d; on the sphere m×2 degrees, further columns such as a time are left out) → working
/// coordinates.
[[nodiscard]] Points working_from_map(const CoordinateSystem& system, const Points& on_map);
/// The number of a map's axes: d, or 2 on the sphere.
[[nodiscard]] int map_dimension(const SpatialDataset& dataset);
/// The name of an axis of a map: "longitude", "latitude" on the sphere, else SpatialDataset::axis_name.
[[nodiscard]] std::string map_axis_name(const SpatialDataset& dataset, int axis);

}  // namespace anamorph
