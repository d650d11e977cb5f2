// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/local_smoothness.h"

#include <limits>
#include <vector>

#include "core/covariance/varying_smoothness_covariance.h"
#include "core/data/sphere.h"
#include "core/fit/fitted_model.h"
#include "core/fit/model_state.h"

namespace anamorph {

bool has_varying_smoothness(const ModelSpecification& s) {
    return s.varying_smoothness && s.local == LocalCovariance::convolution;
}

Vector smoothness_at(const FittedModel& model, const Points& x) {
    const ModelState& s = model.state();
    const PairCovariancePointer covariance = s.covariance_at_estimate();
    const auto* varying = dynamic_cast<const VaryingSmoothnessCovariance*>(covariance.get());
    if (!varying) return Vector::Constant(x.rows(), covariance->smoothness());
    return varying->smoothness_of(
        s.local_features(s.local_basis->values(s.standardisation.standardised(x))));
}

std::optional<FurtherLayer> smoothness_layer(const FittedModel& model, const PredictionGrid& grid) {
    if (!has_varying_smoothness(model.specification())) return std::nullopt;
    const std::vector<Index> cells = grid.active_cells();
    const Points centres = grid.centres();
    FurtherLayer layer{FurtherLayer::Kind::smoothness, 0.5, {}};
    layer.values = Vector::Constant(grid.cell_count(), std::numeric_limits<double>::quiet_NaN());
    layer.values(cells) =
        smoothness_at(model, working_from_map(model.dataset().coordinate_system, centres(cells, Eigen::all)));
    return layer;
}

}  // namespace anamorph
