// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/point_grid.h"

namespace anamorph {

namespace {

/// Coordinate j of the points is low + (high − low)·shares(index along the axis).
Points product_grid(const Vector& low, const Vector& high, const Vector& shares) {
    const Index d = low.size(), per_axis = shares.size();
    Index count = 1;
    for (Index j = 0; j < d; ++j) count *= per_axis;
    Points grid(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (Index j = 0; j < d; ++j, rest /= per_axis)
            grid(k, j) = low(j) + (high(j) - low(j)) * shares(rest % per_axis);
    }
    return grid;
}

}  // namespace

Points grid_nodes(const Vector& low, const Vector& high, Index per_axis) {
    return product_grid(low, high, Vector::LinSpaced(per_axis, 0.0, 1.0));
}

Points cell_centres(const Vector& low, const Vector& high, Index per_axis) {
    const double half = 0.5 / static_cast<double>(per_axis);
    return product_grid(low, high, Vector::LinSpaced(per_axis, half, 1.0 - half));
}

}  // namespace anamorph
