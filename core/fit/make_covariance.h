// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/pair_covariance.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The pair covariance that a specification describes in d dimensions, at its starting coefficients;
/// `regions`: how many regions there are, where it has them.
/// @throws Error(bad_input) while the smoothness is `automatic`, Error(unsupported)
[[nodiscard]] PairCovariancePointer make_covariance(const ModelSpecification& specification, int d,
                                                    int regions);

}  // namespace anamorph
