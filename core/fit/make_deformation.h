// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "core/deformation/axes.h"
#include "core/deformation/deformation.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The deformation that a specification names, at its starting point near the identity, in
/// coordinates with these axes; what is random in it (a network's first weights) comes from `seed`.
/// @throws Error(unsupported) where there is none in so many dimensions.
[[nodiscard]] std::unique_ptr<Deformation> make_deformation(const ModelSpecification& specification,
                                                            const Axes& axes, std::uint64_t seed);

/// Whether a full matrix is asked for that only scales the axes and turns nothing ("axis-aligned"):
/// anisotropic, with `axial` as its one layer.
[[nodiscard]] bool is_axis_aligned(const ModelSpecification& specification);

/// How many coordinates a warp moves: not time where the specification deforms space alone.
[[nodiscard]] int deformed_dimension(const ModelSpecification& specification, const Axes& axes);

}  // namespace anamorph
