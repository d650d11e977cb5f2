// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Site numbers of x (n×d) along a Z-order curve (Morton 1966): neighbours in space become
/// neighbours in memory.
[[nodiscard]] std::vector<std::int32_t> spatial_order(const Points& x);

}  // namespace anamorph
