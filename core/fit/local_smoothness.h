// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/base/types.h"
#include "core/data/prediction_grid.h"
#include "core/fit/specification.h"

namespace anamorph {

class FittedModel;

/// Whether the smoothness ν(x) is a field of the model's process convolution.
[[nodiscard]] bool has_varying_smoothness(const ModelSpecification& specification);

/// ν at points (m×d, working coordinates), m: the model's field, or its one smoothness everywhere
/// (infinity for the Gaussian, NaN for families without one).
[[nodiscard]] Vector smoothness_at(const FittedModel& model, const Points& x_in_geographic);

/// Its map on the cells of a grid that its mask keeps, NaN elsewhere; none where it does not vary.
[[nodiscard]] std::optional<FurtherLayer> smoothness_layer(const FittedModel& model,
                                                           const PredictionGrid& grid);

}  // namespace anamorph
