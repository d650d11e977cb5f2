// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// Nodes of a regular grid over the box from `low` (d) to `high` (d), `per_axis` ≥ 2 along each axis,
/// both ends among them: per_axis^d × d, the first coordinate running fastest.
[[nodiscard]] Points grid_nodes(const Vector& low, const Vector& high, Index per_axis);

/// Centres of the cells of a box divided into `per_axis` ≥ 1 cells along each axis, in the same order.
[[nodiscard]] Points cell_centres(const Vector& low, const Vector& high, Index per_axis);

}  // namespace anamorph
