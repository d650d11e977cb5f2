// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include "core/base/decompositions.h"
#include "core/data/point_grid.h"
#include "core/fit/model_state.h"
#include "core/fit/warnings.h"

namespace anamorph {

double folded_share(const FittedModel& m) {
    const ModelState& s = m.state();
    const Points sites = s.standardisation.standardised(s.dataset->coordinates);
    const Points grid = grid_nodes(sites.colwise().minCoeff(), sites.colwise().maxCoeff(),
                                   sites.cols() == 1 ? 801 : sites.cols() == 2 ? 81 : 19);
    Index folded = 0;
    for (const Matrix& j : jacobians(*s.deformation, grid)) folded += !(determinant(j) > 0.0);
    return static_cast<double>(folded) / static_cast<double>(grid.rows());
}

std::optional<std::string> fold_warning(const FittedModel& m) {
    const double share = folded_share(m);
    if (share == 0.0) return std::nullopt;
    return "The deformation folds: det J is not positive on " + fixed_number(100.0 * share, share < 0.1 ? 1 : 0) +
           " % of the area. There, places apart from each other fall on one another in deformed space and "
           "are taken for the same place, and the map has no inverse. A larger ridge may keep it from "
           "folding; the velocity field never folds.";
}

}  // namespace anamorph
