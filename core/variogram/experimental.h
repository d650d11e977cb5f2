// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// γ(h) = mean ½(zᵢ − zⱼ)² over pairs in a distance class and, for d = 2, a direction class.
/// Matheron (1963). Distances are in the unit of the points.
struct VariogramCurve {
    double direction = std::numeric_limits<double>::quiet_NaN();  ///< degrees counter-clockwise from the first axis; NaN: all directions
    std::vector<double> distance;  ///< mean distance of the pairs in a class
    std::vector<double> gamma;     ///< value unit squared
    std::vector<long> pairs;
};

struct VariogramOptions {
    int classes = 12;
    double maximum_distance = 0.0;   ///< 0: 40 % of the bounding box's diagonal
    double angle_tolerance = 22.5;   ///< degrees
    long maximum_pairs = 4'000'000;  ///< beyond it, pairs of a seeded subset of sites
    std::uint64_t seed = 1;
    /// Space with time: the sites' times (n) and how far apart in time the two of a pair may be; empty: all
    /// pairs.
    Vector times = {};
    double time_tolerance = 0.0;
    /// Realisation of each point: only pairs of the same one count. Empty: one realisation.
    std::vector<int> realisation = {};
};

/// One curve for each direction (degrees; empty: one omnidirectional curve). Classes without pairs
/// are left out. @throws Error(dimension_mismatch)
[[nodiscard]] std::vector<VariogramCurve> experimental_variogram(
    const Points& points, const Vector& values, const std::vector<double>& directions,
    const VariogramOptions& options = {});

}  // namespace anamorph
