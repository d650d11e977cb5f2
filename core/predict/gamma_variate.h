// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

namespace anamorph {

/// Gamma(shape, 1), shape > 0 (Marsaglia and Tsang 2000, ACM Trans. Math. Softw. 26:363).
[[nodiscard]] double gamma_variate(double shape, RandomStream& random);

}  // namespace anamorph
