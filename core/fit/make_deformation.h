// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "core/deformation/deformation.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The deformation that a specification names, at its starting point near the identity, in d
/// dimensions; what is random in it (a network's first weights) comes from `seed`.
/// @throws Error(unsupported) where there is none in so many dimensions.
[[nodiscard]] std::unique_ptr<Deformation> make_deformation(const ModelSpecification& specification,
                                                            int d, std::uint64_t seed);

}  // namespace anamorph
