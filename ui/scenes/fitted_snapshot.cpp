// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/fitted_model.h"
#include "core/fit/local_fields.h"
#include "ui/scenes/snapshot_parts.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {
namespace {

class FittedSource final : public SpatialMapSource {
public:
    explicit FittedSource(std::shared_ptr<const FittedModel> model) : model_(std::move(model)) {}
    Points deformed_from_geographic(const Points& x) const override {
        return model_->deformed_from_geographic(x);
    }
    Points geographic_from_deformed(const Points& u) const override {
        return model_->geographic_from_deformed(u);
    }
    Vector log_abs_det_jacobian(const Points& x) const override {
        return model_->log_abs_det_jacobian(x);
    }
    Matrix local_ranges(const Points& x) const override {
        const auto strains = model_->strain_at(x);
        Matrix ranges(x.rows(), 3);
        for (Index i = 0; i < x.rows(); ++i) {
            const auto& s = strains[static_cast<std::size_t>(i)];
            ranges.row(i) << s.major_range, s.minor_range, s.major_angle;
        }
        return ranges;
    }
    Vector correlation_with(const Points& site, const Points& x) const override {
        return model_->correlation_with(site, x);
    }

private:
    std::shared_ptr<const FittedModel> model_;
};

}  // namespace

namespace {

constexpr Index points_on_edge = 24;  // so that straight edges bend with the map

/// A polygon as a closed polyline of many points.
Points closed_line(const Points& corners) {
    const Index n = corners.rows(), steps = n > 60 ? 1 : points_on_edge;
    Points line(n * steps + 1, corners.cols());
    for (Index i = 0; i < n; ++i)
        for (Index k = 0; k < steps; ++k) {
            const double t = static_cast<double>(k) / static_cast<double>(steps);
            line.row(i * steps + k) = (1.0 - t) * corners.row(i) + t * corners.row((i + 1) % n);
        }
    line.row(n * steps) = corners.row(0);
    return line;
}

}  // namespace

std::shared_ptr<const SpatialMapSource> make_map_source(std::shared_ptr<const FittedModel> model) {
    return model ? std::make_shared<const FittedSource>(std::move(model)) : nullptr;
}

std::shared_ptr<const SpacesSnapshot> make_snapshot(const FittedModel& model,
                                                    std::shared_ptr<const GridMap> map,
                                                    SnapshotDetail detail, double time) {
    // The model outlives this call, and nothing of it stays in the snapshot.
    const std::shared_ptr<const FittedModel> borrowed(std::shared_ptr<const FittedModel>(), &model);
    const FittedSource source(borrowed);
    auto snapshot = make_snapshot(model.dataset(), source, std::move(map), detail, time);
    const std::vector<Points> borders = region_borders(model.state());
    if (borders.empty()) return snapshot;
    auto with_borders = std::make_shared<SpacesSnapshot>(*snapshot);
    for (const Points& border : borders) with_borders->region_borders.push_back(in_both(source, closed_line(border)));
    return with_borders;
}

std::shared_ptr<const SpacesSnapshot> make_snapshot(const FittedModel& model, const GridMap* map,
                                                    SnapshotDetail detail) {
    return make_snapshot(model, map != nullptr ? std::make_shared<const GridMap>(*map) : nullptr,
                         detail);
}

}  // namespace anamorph
