// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/coordinate_system.h"

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <memory>
#include <sstream>
#include <vector>

#include "core/base/error.h"
#include "core/data/sphere.h"

namespace anamorph {

namespace {

using Context = std::unique_ptr<PJ_CONTEXT, decltype(&proj_context_destroy)>;
using Projection = std::unique_ptr<PJ, decltype(&proj_destroy)>;

/// A PROJ context of its own for each call (contexts are not shared between threads), silent:
/// errors are reported by exceptions, not on the terminal.
Context make_context() {
    Context context(proj_context_create(), proj_context_destroy);
    proj_log_level(context.get(), PJ_LOG_NONE);
    return context;
}

Projection hold(PJ* projection) {
    return {projection, proj_destroy};
}

Projection system_of(const Context& context, const std::string& text) {
    Projection system = hold(text.empty() ? nullptr : proj_create(context.get(), text.c_str()));
    if (!system || !proj_is_crs(system.get())) {
        const std::string shown = text.size() > 80 ? text.substr(0, 77) + "..." : text;
        throw Error(ErrorCode::bad_input, "\"" + shown + "\" names no known coordinate system.",
                    "Give an EPSG code such as EPSG:2154, a PROJ string or WKT, or leave it empty "
                    "for local coordinates.");
    }
    return system;
}

std::string wkt_of(const Context& context, const Projection& system) {
    const char* const options[] = {"MULTILINE=NO", nullptr};
    const char* wkt = proj_as_wkt(context.get(), system.get(), PJ_WKT2_2019, options);
    return wkt ? wkt : "";
}

bool is_geographic(const Projection& system) {
    const PJ_TYPE type = proj_get_type(system.get());
    return type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
}

/// "m", "km", "ft" …, from the first axis of a system.
std::string unit_of(const Context& context, const Projection& system) {
    const Projection axes = hold(proj_crs_get_coordinate_system(context.get(), system.get()));
    if (!axes) return {};
    const char* name = nullptr;
    double factor = 0.0;
    if (!proj_cs_get_axis_info(context.get(), axes.get(), 0, nullptr, nullptr, nullptr, &factor,
                               &name, nullptr, nullptr))
        return {};
    const std::string unit = name ? name : "";
    if (unit == "metre" || unit == "meter") return "m";
    if (unit == "kilometre" || unit == "kilometer") return "km";
    if (unit == "foot") return "ft";
    if (unit == "US survey foot") return "us-ft";
    if (unit == "degree") return "degree";
    return unit;
}

enum class Direction { forward, inverse };

/// Transforms the first two columns; the others are kept.
Points transform(const std::string& from_wkt, const std::string& to_wkt, const Points& points,
                 Direction direction) {
    if (points.cols() < 2)
        throw Error(ErrorCode::dimension_mismatch,
                    "Points in one dimension cannot be projected from longitude and latitude.");
    const Context context = make_context();
    const Projection raw =
        hold(proj_create_crs_to_crs(context.get(), from_wkt.c_str(), to_wkt.c_str(), nullptr));
    const Projection path =
        hold(raw ? proj_normalize_for_visualization(context.get(), raw.get()) : nullptr);
    if (!path)
        throw Error(ErrorCode::bad_input,
                    "There is no transformation between the coordinate systems of this data set.");
    Points result = points;
    double* x = result.data();
    double* y = result.data() + result.rows();
    const auto count = static_cast<std::size_t>(points.rows());
    const auto way = direction == Direction::forward ? PJ_FWD : PJ_INV;
    proj_trans_generic(path.get(), way, x, sizeof(double), count, y, sizeof(double), count, nullptr,
                       0, 0, nullptr, 0, 0);
    for (Index i = 0; i < points.rows(); ++i) {
        if (std::isfinite(x[i]) && std::isfinite(y[i])) continue;
        std::ostringstream text;
        text << "Point " << i + 1 << " (" << points(i, 0) << ", " << points(i, 1)
             << ") cannot be transformed between the coordinate systems.";
        throw Error(ErrorCode::bad_input, text.str(),
                    "Check that x is longitude and y is latitude, in degrees.");
    }
    return result;
}

/// The shortest arc of longitude that holds all points: its middle and its width, in degrees. The
/// arc may cross the 180th meridian.
struct Arc {
    double middle = 0.0;
    double width = 0.0;
};

Arc shortest_arc(const Points& lon_lat) {
    std::vector<double> longitudes(static_cast<std::size_t>(lon_lat.rows()));
    for (Index i = 0; i < lon_lat.rows(); ++i) {
        const double turned = std::fmod(lon_lat(i, 0), 360.0);
        longitudes[static_cast<std::size_t>(i)] = turned < 0.0 ? turned + 360.0 : turned;
    }
    std::sort(longitudes.begin(), longitudes.end());
    double gap = longitudes.front() + 360.0 - longitudes.back();
    double begin = longitudes.front();
    for (std::size_t i = 1; i < longitudes.size(); ++i) {
        if (longitudes[i] - longitudes[i - 1] <= gap) continue;
        gap = longitudes[i] - longitudes[i - 1];
        begin = longitudes[i];
    }
    Arc arc;
    arc.width = 360.0 - gap;
    arc.middle = std::remainder(begin + 0.5 * arc.width, 360.0);
    return arc;
}

void check_degrees(const Points& lon_lat) {
    if (lon_lat.rows() == 0 || lon_lat.cols() < 2)
        throw Error(ErrorCode::bad_input, "There is no longitude and latitude to project.");
    for (Index i = 0; i < lon_lat.rows(); ++i) {
        const double lon = lon_lat(i, 0);
        const double lat = lon_lat(i, 1);
        if (std::isfinite(lon) && std::isfinite(lat) && std::abs(lat) <= 90.0 &&
            std::abs(lon) <= 360.0)
            continue;
        std::ostringstream text;
        text << "Point " << i + 1 << " (" << lon << ", " << lat
             << ") is no longitude and latitude in degrees.";
        throw Error(ErrorCode::bad_input, text.str(),
                    "Longitude lies between -180 and 360, latitude between -90 and 90: perhaps the "
                    "two columns are exchanged, or the coordinates are not degrees.");
    }
}

/// The PROJ text of the system for an extent, and its short name.
std::pair<std::string, std::string> equal_area_text(const Arc& arc, double south, double north) {
    const double lat_0 = 0.5 * (south + north);
    const double lat_1 = south + (north - south) / 6.0;
    const double lat_2 = south + (north - south) * 5.0 / 6.0;
    // Albers degenerates where its parallels are symmetric about the equator or reach a pole.
    const bool azimuthal = north - south < 3.0 ||
                           std::max(std::abs(south), std::abs(north)) > 80.0 ||
                           std::abs(lat_1 + lat_2) < 2.0;
    std::ostringstream text;
    text << std::fixed << std::setprecision(4);
    text << (azimuthal ? "+proj=laea" : "+proj=aea") << " +lat_0=" << lat_0
         << " +lon_0=" << arc.middle;
    if (!azimuthal) text << " +lat_1=" << lat_1 << " +lat_2=" << lat_2;
    text << " +x_0=0 +y_0=0 +datum=WGS84 +units=km +no_defs +type=crs";
    return {text.str(), azimuthal ? "azimuthal equal-area" : "Albers"};
}

}  // namespace

namespace {

constexpr const char* degrees_of_greenwich = "OGC:CRS84";

/// Degrees of any geographic system as those of WGS 84, and back; the identity where they are.
Points degrees_between(const std::string& from, const std::string& to, const Points& lon_lat) {
    return from == to ? lon_lat : transform(from, to, lon_lat, Direction::forward);
}

std::string greenwich_wkt() {
    static const std::string wkt = coordinate_system_named(degrees_of_greenwich).wkt;
    return wkt;
}

}  // namespace

Points CoordinateSystem::working_from_source(const Points& x_in_source) const {
    if (chordal) {
        if (x_in_source.rows() == 0) return Points(0, 3);
        return geocentric_from_degrees(degrees_between(source_wkt, greenwich_wkt(), x_in_source));
    }
    if (!is_projected_from_source() || x_in_source.rows() == 0) return x_in_source;
    return transform(source_wkt, wkt, x_in_source, Direction::forward);
}

Points CoordinateSystem::source_from_working(const Points& x_in_working) const {
    if (chordal) {
        if (x_in_working.rows() == 0) return Points(0, 2);
        return degrees_between(greenwich_wkt(), source_wkt, degrees_from_geocentric(x_in_working));
    }
    if (!is_projected_from_source() || x_in_working.rows() == 0) return x_in_working;
    return transform(source_wkt, wkt, x_in_working, Direction::inverse);
}

CoordinateSystem equal_area_system_for(const Points& lon_lat_degrees, const std::string& source) {
    check_degrees(lon_lat_degrees);
    const Arc arc = shortest_arc(lon_lat_degrees);
    if (arc.width > 180.0) {
        std::ostringstream text;
        text << "The sites span " << std::lround(arc.width)
             << " degrees of longitude; one plane holds at most 180.";
        throw Error(ErrorCode::bad_input, text.str(),
                    "Use chordal distances on the sphere (--degrees chordal), keep one region of the "
                    "globe, or project the coordinates beforehand.");
    }
    const auto [proj_text, name] =
        equal_area_text(arc, lon_lat_degrees.col(1).minCoeff(), lon_lat_degrees.col(1).maxCoeff());
    const Context context = make_context();
    CoordinateSystem result;
    result.wkt = wkt_of(context, system_of(context, proj_text));
    // PROJ names a system made from parameters "unknown"; give it the name that users will see.
    const std::string unnamed = "PROJCRS[\"unknown\"";
    if (result.wkt.starts_with(unnamed))
        result.wkt.replace(0, unnamed.size(),
                           name == "Albers" ? "PROJCRS[\"Albers equal area of the data\""
                                            : "PROJCRS[\"Azimuthal equal area of the data\"");
    result.label = "km, " + name;
    result.unit = "km";
    result.source_wkt = wkt_of(context, system_of(context, source));
    return result;
}

CoordinateSystem coordinate_system_named(const std::string& text) {
    const Context context = make_context();
    const Projection system = system_of(context, text);
    CoordinateSystem result;
    result.wkt = wkt_of(context, system);
    result.unit = unit_of(context, system);
    const char* authority = proj_get_id_auth_name(system.get(), 0);
    const char* code = proj_get_id_code(system.get(), 0);
    const char* name = proj_get_name(system.get());
    const std::string shown = authority && code ? std::string(authority) + ":" + code
                              : name            ? std::string(name)
                                                : std::string("named system");
    result.label = result.unit.empty() ? shown : result.unit + ", " + shown;
    return result;
}

bool is_geographic_system(const std::string& text) {
    const Context context = make_context();
    return is_geographic(system_of(context, text));
}

}  // namespace anamorph
