// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/base/types.h"

namespace anamorph {

/// The value at rank round(p (n − 1)) of the n finite entries in ascending order, 0 ≤ p ≤ 1: the empirical
/// quantile without interpolation, always one of the values; in their unit. Nothing where none is finite.
/// O(n). @throws Error(bad_input) for p outside [0, 1]
[[nodiscard]] std::optional<double> finite_quantile(const Vector& values, double p);

/// Ends of a scale on which values are shown, in their unit; lower < upper.
struct ScaleLimits {
    double lower = 0.0;
    double upper = 1.0;
};

/// From the `p`-quantile to the (1 − p)-quantile of the finite values, so that a few extreme cells at a map's
/// edge do not take all of the scale. Where both are one value v (to 1e-6 of it) from v − |v|/10 to v + |v|/10,
/// about zero from −1 to 1; where no value is finite from 0 to 1.
/// @throws Error(bad_input) for p outside [0, ½)
[[nodiscard]] ScaleLimits scale_limits(const Vector& values, double p = 0.01);

}  // namespace anamorph
