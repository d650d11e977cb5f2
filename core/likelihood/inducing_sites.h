// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/base/types.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// Inducing sites of the predictive process among sites x (n×d): `count` points, or as many as x has
/// distinct sites where that is fewer (then they are those sites). No two coincide.
///
///  * k_means: centres of clusters, started by k-means++ (Arthur and Vassilvitskii 2007, SODA) and
///    moved by Lloyd's iteration; above about 40 sites a centre, from a random subset of that size.
///  * maximin: the first sites of the maximin ordering.
///
/// The same sites and the same seed give the same points.
/// @throws Error(bad_input) if count < 1 or there are no sites.
[[nodiscard]] Points inducing_sites(const Points& x, int count, InducingPlacement placement,
                                    std::uint64_t seed = 1);

}  // namespace anamorph
