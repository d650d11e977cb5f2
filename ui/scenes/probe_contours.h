// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// Polylines: line k takes the rows from starts[k] up to starts[k + 1].
struct PointsOfLines {
    Points points;
    std::vector<Index> starts;
};

/// The levels at which correlation contours are drawn.
inline constexpr std::array<double, 5> probe_levels{0.9, 0.7, 0.5, 0.3, 0.1};

/// Contours of the correlation with a point (1×d, deformed coordinates), read from the snapshot's
/// profile on its probe lattice, and placed between the spaces (`weight` 0: geographic,
/// 1: deformed). In deformed space they are circles. Empty without a model.
[[nodiscard]] PointsOfLines correlation_contours(const SpacesSnapshot& snapshot,
                                                 const Points& u_in_deformed, double weight);

}  // namespace anamorph
