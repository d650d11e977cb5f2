// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/validate/ranking.h"

namespace anamorph {

/// A comparison in words: the best log score, which models cannot be told from it at two standard
/// errors, the simplest of those, what is gained against the reference, what was held out where that was not
/// whole sites, what the evidence says, how the intervals cover, and what failed. Ranks and differences must be filled.
[[nodiscard]] std::string comparison_verdict(const ValidationResult& result);

}  // namespace anamorph
