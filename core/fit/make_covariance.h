// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/pair_covariance.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The pair covariance that a specification describes in d dimensions, at its starting coefficients.
/// @throws Error(bad_input) while the smoothness is `automatic`.
[[nodiscard]] PairCovariancePointer make_covariance(const ModelSpecification& specification, int d);

}  // namespace anamorph
