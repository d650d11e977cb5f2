// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/types.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// Site numbers in maximin order, sites x (n×d, d = 1, 2, 3): the first site is the one nearest to
/// the centre (the mean), each next one the site farthest from all before it, ties to the lowest
/// number. Exact, O(n log n). Guinness (2018), Technometrics 60:415; Schäfer, Katzfuss, Owhadi
/// (2021), SIAM J. Sci. Comput. 43:A2019. The same sites give the same ordering on every machine.
/// @throws Error(not_finite | unsupported)
[[nodiscard]] std::vector<std::int32_t> maximin_ordering(const Points& x);

/// The ordering that `ordering` names: maximin, random (with `seed`), or 0 … n − 1.
[[nodiscard]] std::vector<std::int32_t> site_ordering(const Points& x, SiteOrdering ordering,
                                                      std::uint64_t seed);

}  // namespace anamorph
