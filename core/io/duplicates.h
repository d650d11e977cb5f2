// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Sites closer than this share of the extent count as one place.
inline constexpr double duplicate_tolerance = 1e-9;

/// Groups of rows that lie at the same place, each ascending and with two members at least, in the
/// order of their first members. Two sites are at the same place if every coordinate differs by
/// less than `duplicate_tolerance` times the extent of its axis (of the largest one, for the first
/// `together` axes, which are space). O(n log n).
[[nodiscard]] std::vector<std::vector<Index>> duplicate_groups(const Points& sites, Index together = 2);

}  // namespace anamorph
