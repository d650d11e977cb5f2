// SPDX-License-Identifier: GPL-3.0-or-later
#include <Eigen/LU>
#include <algorithm>
#include <string>

#include "core/fit/model_state.h"
#include "core/fit/warnings.h"

namespace anamorph {

namespace {

/// A fine grid over the bounding box of the sites, standardised coordinates.
Points grid_over(const Points& sites) {
    const Index d = sites.cols();
    const Index per_axis = d == 1 ? 801 : d == 2 ? 81 : 19;
    const Vector low = sites.colwise().minCoeff(), high = sites.colwise().maxCoeff();
    Index count = 1;
    for (Index j = 0; j < d; ++j) count *= per_axis;
    Points grid(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (Index j = 0; j < d; ++j, rest /= per_axis)
            grid(k, j) = low(j) + (high(j) - low(j)) * static_cast<double>(rest % per_axis) /
                                      static_cast<double>(per_axis - 1);
    }
    return grid;
}

}  // namespace

double folded_share(const FittedModel& m) {
    const ModelState& s = m.state();
    const Points grid = grid_over(s.standardisation.standardised(s.dataset->coordinates));
    Index folded = 0;
    for (const Matrix& j : jacobians(*s.deformation, grid)) folded += !(j.determinant() > 0.0);
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
