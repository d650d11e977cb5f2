// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/simulation_layer.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/data/scale_limits.h"
#include "core/predict/simulation_passage.h"
#include "ui/scenes/map_viewing.h"
#include "ui/scenes/snapshot_parts.h"

namespace anamorph {

Vector SimulationLayer::realisation(int index) const {
    const auto column = draws->col(std::clamp(index, 0, count() - 1));
    return mesh.cells.empty() ? Vector(column) : corner_means(mesh, column);
}

Vector SimulationLayer::passage(int index, double t) const {
    if (t <= 0.0 || count() < 2) return realisation(index);
    return simulation_passage(mesh.cells.empty() ? curve.mean : mesh.mean, realisation(index),
                              realisation((index + 1) % count()), count(), t);
}

std::shared_ptr<const SpacesSnapshot> with_simulations(const std::shared_ptr<const SpacesSnapshot>& snapshot,
                                                       const SpatialMapSource& source, const GridMap& summary,
                                                       std::shared_ptr<const Matrix> draws) {
    if (snapshot->viewing && snapshot->viewing->has_time && summary.grid.times.size() == 1)
        return with_simulations(snapshot, source, level_of(summary, 0), std::move(draws));
    if (summary.grid.dimension() != snapshot->dimension || !draws || draws->rows() != summary.grid.cell_count() || draws->cols() < 1)
        throw Error(ErrorCode::dimension_mismatch, "The simulations do not have the shape of their grid.");
    auto layer = std::make_shared<SimulationLayer>();
    if (snapshot->dimension == 1)
        layer->curve = build_curve(source, summary.grid, &summary);
    else
        layer->mesh = build_map_mesh(source, summary);
    const Vector& sd = snapshot->dimension == 1 ? layer->curve.standard_deviation : layer->mesh.standard_deviation;
    layer->sd_limits = {finite_quantile(sd, 0.0).value_or(0.0), finite_quantile(sd, 0.99).value_or(1.0)};
    if (!(layer->sd_limits.lower < layer->sd_limits.upper)) layer->sd_limits.lower = 0.0;
    layer->draws = std::move(draws);
    layer->further = summary.further;
    auto result = std::make_shared<SpacesSnapshot>(*snapshot);
    result->simulations = std::move(layer);
    return result;
}

}  // namespace anamorph
