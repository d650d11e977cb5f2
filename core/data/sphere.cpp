// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sphere.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double widest_region = 300.0;  // degrees of longitude; beyond, a map shows the whole globe

/// The meridian in the middle of a map of these longitudes: of their shortest arc, or 0 where they go
/// round the globe.
double middle_of(const Points& lon_lat) {
    std::vector<double> lon(lon_lat.col(0).begin(), lon_lat.col(0).end());
    std::sort(lon.begin(), lon.end());
    double gap = lon.front() + 360.0 - lon.back(), begin = lon.front();
    for (std::size_t i = 1; i < lon.size(); ++i)
        if (lon[i] - lon[i - 1] > gap) {
            gap = lon[i] - lon[i - 1];
            begin = lon[i];
        }
    const double width = 360.0 - gap;
    return width > widest_region ? 0.0 : std::remainder(begin + 0.5 * width, 360.0);
}

}  // namespace

double middle_meridian(const SpatialDataset& dataset) {
    return middle_of(dataset.coordinate_system.source_from_working(dataset.coordinates));
}

Points turned_to(double middle, Points lon_lat) {
    for (Index i = 0; i < lon_lat.rows(); ++i)
        lon_lat(i, 0) = middle + std::remainder(lon_lat(i, 0) - middle, 360.0);
    return lon_lat;
}

CoordinateSystem chordal_system(const std::string& source) {
    CoordinateSystem system;
    system.source_wkt = coordinate_system_named(source).wkt;
    system.label = "km, chords of the sphere";
    system.unit = "km";
    system.chordal = true;
    return system;
}

Points geocentric_from_degrees(const Points& lon_lat) {
    if (lon_lat.cols() < 2)
        throw Error(ErrorCode::dimension_mismatch,
                    "Chordal distances need longitude and latitude.");
    Points x(lon_lat.rows(), 3);
    for (Index i = 0; i < x.rows(); ++i) {
        const double lon = lon_lat(i, 0) * degree, lat = lon_lat(i, 1) * degree;
        x.row(i) << std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat);
    }
    return earth_radius_km * x;
}

Points degrees_from_geocentric(const Points& x) {
    Points lon_lat(x.rows(), 2);
    for (Index i = 0; i < x.rows(); ++i) {
        lon_lat(i, 0) = std::atan2(x(i, 1), x(i, 0)) / degree;
        lon_lat(i, 1) = std::atan2(x(i, 2), std::hypot(x(i, 0), x(i, 1))) / degree;
    }
    return lon_lat;
}

Matrix directions_of_space(const SpatialDataset& dataset, const Points& x) {
    const Index d = x.cols();
    if (!dataset.coordinate_system.chordal || d != 3)
        return Matrix::Identity(d, d - (dataset.last_axis_is_time ? 1 : 0));
    const Points lon_lat = degrees_from_geocentric(x.topRows(1));
    const double lon = lon_lat(0, 0) * degree, lat = lon_lat(0, 1) * degree;
    Matrix directions(3, 2);
    directions.col(0) << -std::sin(lon), std::cos(lon), 0.0;
    directions.col(1) << -std::sin(lat) * std::cos(lon), -std::sin(lat) * std::sin(lon), std::cos(lat);
    return directions;
}

Points map_coordinates(const SpatialDataset& dataset) {
    return map_from_working(dataset, dataset.coordinates);
}

Points map_from_working(const SpatialDataset& dataset, const Points& x) {
    if (!dataset.coordinate_system.chordal) return x;
    return turned_to(middle_meridian(dataset), dataset.coordinate_system.source_from_working(x));
}

Points working_from_map(const CoordinateSystem& system, const Points& on_map) {
    return system.chordal ? system.working_from_source(on_map.leftCols(2)) : on_map;
}

int map_dimension(const SpatialDataset& dataset) {
    return dataset.coordinate_system.chordal ? 2 : dataset.dimension();
}

std::string map_axis_name(const SpatialDataset& dataset, int axis) {
    if (!dataset.coordinate_system.chordal) return dataset.axis_name(axis);
    return axis == 0 ? "longitude" : "latitude";
}

}  // namespace anamorph
