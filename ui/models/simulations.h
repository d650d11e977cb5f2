// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/data/prediction_grid.h"

namespace anamorph {

/// Conditional simulations of one model on a grid. They are not kept in the project file, which
/// keeps the model and, with the same seed, gives them again.
struct Simulations {
    PredictionGrid grid;
    Matrix draws;                ///< cell_count()×count, NaN outside the mask
    GridMap summary;             ///< their mean and standard deviation on the same grid
    bool of_observation = false;
    std::uint64_t seed = 1;
    std::string label;           ///< of the model

    [[nodiscard]] Index count() const { return draws.cols(); }
};

}  // namespace anamorph
