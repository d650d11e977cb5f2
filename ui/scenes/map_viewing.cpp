// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/map_viewing.h"

#include <algorithm>
#include <cmath>

#include "core/data/spatial_dataset.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/data/time_covariate.h"

namespace anamorph {
namespace {

constexpr double km_a_degree = 111.195;  // of a great circle


class MapViewSource final : public SpatialMapSource {
public:
    MapViewSource(std::shared_ptr<const SpatialMapSource> source, MapViewing viewing)
        : source_(std::move(source)), viewing_(std::move(viewing)) {}

    Points deformed_from_geographic(const Points& on_map) const override {
        return seen(source_->deformed_from_geographic(working(on_map)));
    }
    Points geographic_from_deformed(const Points& u) const override {
        if (viewing_.on_sphere) return seen(source_->geographic_from_deformed(working(u)));
        // Where time is deformed too, the deformed time at the shown time differs from place to place: a
        // few steps find the point whose image is seen at u.
        Points with_time(u.rows(), u.cols() + 1);
        with_time << u, source_->deformed_from_geographic(working(u)).rightCols(1);
        Points x = source_->geographic_from_deformed(with_time).leftCols(u.cols());
        for (int step = 0; step < 8; ++step) {
            const Points image = source_->deformed_from_geographic(working(x));
            if (((image.leftCols(u.cols()) - u).array().abs() < 1e-9 * (1.0 + u.array().abs())).all()) break;
            with_time.rightCols(1) = image.rightCols(1);
            x = source_->geographic_from_deformed(with_time).leftCols(u.cols());
        }
        return x;
    }
    Vector log_abs_det_jacobian(const Points& on_map) const override {
        return source_->log_abs_det_jacobian(working(on_map));
    }
    Matrix local_ranges(const Points& on_map) const override {
        Matrix ranges = source_->local_ranges(working(on_map));
        if (viewing_.on_sphere) ranges.leftCols(2) /= km_a_degree;
        return ranges;
    }
    Vector correlation_with(const Points& site, const Points& on_map) const override {
        return source_->correlation_with(working(site), working(on_map));
    }

private:
    [[nodiscard]] Points working(const Points& on_map) const {
        if (viewing_.on_sphere) return working_from_map(viewing_.system, on_map);
        Points x(on_map.rows(), on_map.cols() + 1);
        x << on_map, Vector::Constant(on_map.rows(), viewing_.time);
        return x;
    }
    [[nodiscard]] Points seen(const Points& x) const {
        if (viewing_.on_sphere) return turned_to(viewing_.middle, viewing_.system.source_from_working(x));
        return x.leftCols(x.cols() - 1);
    }

    std::shared_ptr<const SpatialMapSource> source_;
    MapViewing viewing_;
};

}  // namespace

MapViewing viewing_of(const SpatialDataset& dataset, double time) {
    MapViewing v;
    v.system = dataset.coordinate_system;
    v.on_sphere = dataset.coordinate_system.chordal;
    if (v.on_sphere) v.middle = middle_meridian(dataset);
    const Vector times = times_of(dataset);
    v.has_time = times.size() > 0;
    if (!v.has_time) return v;
    v.time = std::isfinite(time) ? time : 0.5 * (times.minCoeff() + times.maxCoeff());
    v.time_label = time_text(v.time, dataset.time_unit);
    return v;
}

SpatialDataset as_map(const SpatialDataset& dataset, const MapViewing& viewing) {
    SpatialDataset map = dataset;
    if (viewing.on_sphere) {
        map.coordinates = map_coordinates(dataset);
        map.coordinate_names = {map_axis_name(dataset, 0), map_axis_name(dataset, 1)};
        map.coordinate_system = CoordinateSystem();
        map.coordinate_system.unit = "°";
        map.coordinate_system.label = "degrees; distances are chords";
        return map;
    }
    map.coordinates = dataset.coordinates.leftCols(dataset.space_dimension());
    map.last_axis_is_time = false;
    return map;
}

std::shared_ptr<const SpatialMapSource> as_map_source(std::shared_ptr<const SpatialMapSource> source,
                                                      const MapViewing& viewing) {
    if (!source || !viewing.is_needed()) return source;
    return std::make_shared<const MapViewSource>(std::move(source), viewing);
}

std::vector<Index> sites_about_time(const SpatialDataset& dataset, const MapViewing& viewing,
                                    double least_reach) {
    if (!viewing.has_time) return {};
    const Vector times = times_of(dataset);
    std::vector<double> sorted(times.begin(), times.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    const double span = sorted.back() - sorted.front();
    const double step = sorted.size() > 1 ? span / static_cast<double>(sorted.size() - 1) : 0.0;
    const double reach = std::max({0.5 * step, span / 50.0, least_reach}) * (1.0 + 1e-9);
    std::vector<Index> rows;
    for (Index i = 0; i < times.size(); ++i)
        if (std::abs(times(i) - viewing.time) <= reach) rows.push_back(i);
    return rows;
}

Index nearest_level(const GridMap& map, double time) {
    Index level = -1;
    for (Index k = 0; k < map.grid.times.size(); ++k)
        if (level < 0 || std::abs(map.grid.times(k) - time) < std::abs(map.grid.times(level) - time)) level = k;
    return level;
}

}  // namespace anamorph
