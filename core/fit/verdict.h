// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/fit.h"

namespace anamorph {

/// Orders nothing, but fills what follows from the criteria: weights, the chosen class, each one's
/// standing, and the verdict in words: what was chosen, how sure that is, what it gains by
/// leave-one-out, and what it does not. A class without a criterion cannot be chosen unless all
/// are so.
void judge(FitResult& result);

}  // namespace anamorph
