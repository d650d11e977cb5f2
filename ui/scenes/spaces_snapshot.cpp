// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/spaces_snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/map_grid.h"
#include "core/data/scale_limits.h"
#include "core/data/spatial_dataset.h"
#include "ui/scenes/colour_map.h"
#include "ui/scenes/map_viewing.h"
#include "ui/scenes/site_locator.h"
#include "ui/scenes/snapshot_parts.h"

namespace anamorph {
namespace {

constexpr Index many_sites = 12'000;     ///< more cannot be drawn in every frame …
constexpr Index drawn_of_many = 6'000;   ///< … so that so many are

/// Before a model: f is the identity.
class IdentitySource final : public SpatialMapSource {
public:
    Points deformed_from_geographic(const Points& x) const override { return x; }
    Points geographic_from_deformed(const Points& u) const override { return u; }
    Vector log_abs_det_jacobian(const Points& x) const override { return Vector::Zero(x.rows()); }
    Matrix local_ranges(const Points& x) const override { return Matrix::Zero(x.rows(), 3); }
    Vector correlation_with(const Points&, const Points& x) const override {
        return Vector::Zero(x.rows());
    }
};

std::size_t key_of(const SpatialDataset& dataset) {
    std::size_t key = std::hash<std::string>{}(dataset.name + '\n' + dataset.value_name);
    const auto mix = [&key](const double* data, Index count) {
        for (Index i = 0; i < count; ++i) {
            std::uint64_t bits = 0;
            std::memcpy(&bits, data + i, sizeof bits);
            key = (key ^ static_cast<std::size_t>(bits)) * 0x100000001b3ULL + 0x9e3779b9ULL;
        }
    };
    mix(dataset.coordinates.data(), dataset.coordinates.size());
    mix(dataset.values.data(), dataset.values.size());
    return key;
}

void describe(const SpatialDataset& dataset, bool has_model, SpacesSnapshot& s) {
    s.dimension = dataset.dimension();
    s.data_name = dataset.name;
    s.value_name = dataset.value_name;
    s.value_unit = dataset.value_unit;
    s.coordinate_unit = dataset.coordinate_system.unit;
    for (int a = 0; a < s.dimension; ++a) s.coordinate_names.push_back(dataset.axis_name(a));
    s.geographic_subtitle = dataset.coordinate_system.label;
    s.deformed_subtitle = has_model ? "aligned to the map" : "no model yet";
    s.has_model = has_model;
    s.values = dataset.values;
    s.data_key = key_of(dataset);
}

/// All sites, or a random choice that is spread like them where there are more than can be told
/// apart on a screen.
std::vector<Index> drawn_sites(Index sites) {
    if (sites <= many_sites) return {};
    std::vector<Index> rows = RandomStream(1).permutation(sites);
    rows.resize(static_cast<std::size_t>(drawn_of_many));
    std::sort(rows.begin(), rows.end());
    return rows;
}

/// "6,000 of 1,000,000 sites drawn", or when the others are.
std::string thinning_note(const SpacesSnapshot& s) {
    if (s.drawn_sites.empty()) return {};
    const std::string all = tick_label(static_cast<double>(s.sites.size()), 1.0);
    if (s.all_sites_placed && s.dimension > 1) return all + " sites, thinned while moving";
    return tick_label(static_cast<double>(s.drawn_sites.size()), 1.0) + " of " + all + " sites drawn";
}

/// Sites in both spaces; during a training of very many sites only those that are drawn are moved.
void place_sites(const SpatialDataset& dataset, const SpatialMapSource& source, SnapshotDetail detail, SpacesSnapshot& s) {
    s.drawn_sites = drawn_sites(dataset.size());
    s.all_sites_placed = s.drawn_sites.empty() || detail == SnapshotDetail::full;
    if (s.all_sites_placed) {
        s.sites = in_both(source, dataset.coordinates);
    } else {
        s.sites.in_geographic = dataset.coordinates;
        s.sites.in_deformed = Points::Constant(dataset.size(), dataset.dimension(), std::numeric_limits<double>::quiet_NaN());
        s.sites.in_deformed(s.drawn_sites, Eigen::all) =
            source.deformed_from_geographic(dataset.coordinates(s.drawn_sites, Eigen::all));
    }
    if (const std::string note = thinning_note(s); !note.empty())
        s.geographic_subtitle += (s.geographic_subtitle.empty() ? "" : " · ") + note;
    if (s.dimension != 2 || s.drawn_sites.empty() || !s.all_sites_placed) return;
    s.locator_in_geographic = std::make_shared<const SiteLocator>(s.sites.in_geographic);
    s.locator_in_deformed = s.has_model ? std::make_shared<const SiteLocator>(s.sites.in_deformed) : s.locator_in_geographic;
}

void limit_colours(SpacesSnapshot& s) {
    s.value_limits = {finite_quantile(s.values, 0.01).value_or(0.0), finite_quantile(s.values, 0.99).value_or(1.0)};
    if (!(s.value_limits.lower < s.value_limits.upper))
        s.value_limits = {s.values.minCoeff(), s.values.maxCoeff()};
    const Vector& sd = s.dimension == 1 ? s.curve.standard_deviation : s.map.standard_deviation;
    s.sd_limits = {finite_quantile(sd, 0.0).value_or(0.0), finite_quantile(sd, 0.99).value_or(1.0)};
    if (!(s.sd_limits.lower < s.sd_limits.upper)) s.sd_limits.lower = 0.0;
    const Vector& log_det = s.map.log_abs_det.size() > 0 ? s.map.log_abs_det : s.warp.log_abs_det;
    const double largest = finite_quantile(log_det.cwiseAbs(), 0.98).value_or(0.1);
    s.log_det_limit = std::max(0.1, std::ceil(largest * 10.0) / 10.0);
}

void include(const Points& points, Vector& lower, Vector& upper) {
    for (Index i = 0; i < points.rows(); ++i) {
        if (!points.row(i).allFinite()) continue;
        lower = lower.cwiseMin(points.row(i).transpose());
        upper = upper.cwiseMax(points.row(i).transpose());
    }
}

/// The boxes of both spaces around sites, map and grid lines.
void find_extents(SpacesSnapshot& s) {
    const Vector none = Vector::Constant(s.dimension, std::numeric_limits<double>::infinity());
    s.lower_in_geographic = s.lower_in_deformed = none;
    s.upper_in_geographic = s.upper_in_deformed = -none;
    for (const PointsInBoth* part : {&s.sites, &s.warp.vertices, &s.map.corners}) {
        include(part->in_geographic, s.lower_in_geographic, s.upper_in_geographic);
        include(part->in_deformed, s.lower_in_deformed, s.upper_in_deformed);
    }
}

std::shared_ptr<SpacesSnapshot> build(const SpatialDataset& dataset,
                                            const SpatialMapSource& source, bool has_model,
                                            std::shared_ptr<const GridMap> map,
                                            SnapshotDetail detail, bool on_sphere = false) {
    if (map && map->grid.dimension() != dataset.dimension())
        throw Error(ErrorCode::dimension_mismatch,
                    "The map has " + std::to_string(map->grid.dimension()) +
                        " dimensions and the data have " + std::to_string(dataset.dimension()) + ".");
    auto snapshot = std::make_shared<SpacesSnapshot>();
    SpacesSnapshot& s = *snapshot;
    describe(dataset, has_model, s);
    place_sites(dataset, source, detail, s);

    const bool full = detail == SnapshotDetail::full;
    const PredictionGrid grid =
        map ? map->grid
            : PredictionGrid::around(dataset.coordinates, s.dimension == 1 ? 400 : 40, 0.02,
                                     s.dimension == 2 ? 1.0 : 0.0);
    s.warp = build_warp_grid(source, grid, s.dimension == 3 ? 5 : s.dimension == 1 ? 24 : 14);
    if (s.dimension > 1) s.lattice = build_lattice(source, grid, s.dimension == 2 ? 17 : 7, false);
    if (s.dimension == 1) s.curve = build_curve(source, grid, full ? map.get() : nullptr);
    if (full && map) {
        s.has_map = true;
        s.grid_map = map;
        if (s.dimension > 1) s.map = build_map_mesh(source, *map);
    }
    if (full && has_model && s.dimension == 2 && !on_sphere) {
        s.ellipses = build_ellipses(source, grid, 11);
        s.probe_lattice = build_lattice(source, grid, 81, false);
        s.profile = build_profile(source, grid);
    }
    limit_colours(s);
    find_extents(s);
    return snapshot;
}

/// Data with more axes than a map are shown as one: space at a time, the sphere in degrees.
std::shared_ptr<const SpacesSnapshot> build_map(const SpatialDataset& dataset, const SpatialMapSource& source,
                                                bool has_model, std::shared_ptr<const GridMap> map,
                                                SnapshotDetail detail, double time) {
    auto viewing = std::make_shared<MapViewing>(viewing_of(dataset, time));
    if (!viewing->is_needed()) return build(dataset, source, has_model, std::move(map), detail);
    double reach = 0.0;
    const bool timeless = map && viewing->on_sphere && map->grid.times.size() == 0;  // a model that knows no time
    if (map && viewing->has_time && !timeless) {
        const Vector& times = map->grid.times;
        if (times.size() > 1) reach = 0.5 * (times(times.size() - 1) - times(0)) / static_cast<double>(times.size() - 1);
        const Index level = nearest_level(*map, viewing->time);
        if (level < 0)
            throw Error(ErrorCode::dimension_mismatch, "The map has no times and the data have.");
        *viewing = viewing_of(dataset, map->grid.times(level));
        map = std::make_shared<const GridMap>(level_of(*map, level));
    }
    const std::shared_ptr<const SpatialMapSource> borrowed(std::shared_ptr<const SpatialMapSource>(), &source);
    const auto snapshot = build(as_map(dataset, *viewing), *as_map_source(borrowed, *viewing), has_model,
                                std::move(map), detail, viewing->on_sphere);
    if (viewing->has_time) {
        snapshot->present_sites = sites_about_time(dataset, *viewing, reach);
        if (viewing->on_sphere && has_model) snapshot->deformed_subtitle = "seen from its centre";
        for (std::string* subtitle : {&snapshot->geographic_subtitle, &snapshot->deformed_subtitle})
            *subtitle += std::string(subtitle->empty() ? "" : " · ") + (timeless ? "sites at " : "at ") + viewing->time_label;
    } else if (viewing->on_sphere && has_model) {
        snapshot->deformed_subtitle = "longitude and latitude seen from its centre";
    }
    snapshot->viewing = std::move(viewing);
    return snapshot;
}

}  // namespace

std::shared_ptr<const SpacesSnapshot> make_snapshot(const SpatialDataset& dataset, double time) {
    return build_map(dataset, IdentitySource(), false, nullptr, SnapshotDetail::full, time);
}

std::shared_ptr<const SpacesSnapshot> make_snapshot(const SpatialDataset& dataset,
                                                    const SpatialMapSource& source,
                                                    std::shared_ptr<const GridMap> map,
                                                    SnapshotDetail detail, double time) {
    return build_map(dataset, source, true, std::move(map), detail, time);
}

}  // namespace anamorph
