// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace anamorph {

/// Matérn smoothness ν; `infinite` is the Gaussian covariance exp(−h²/(2ℓ²)). `one` belongs to the
/// SPDE in two dimensions, whose α = 2 fixes it. `automatic`: one of 1/2, 3/2, 5/2 is chosen with the
/// model; `estimate`: any positive ν, estimated with the other parameters.
enum class Smoothness { automatic, estimate, half, one, three_halves, five_halves, infinite };

[[nodiscard]] std::string to_string(Smoothness smoothness);  ///< "auto", "estimate", "0.5", "1", "1.5", "2.5", "inf"
/// @throws Error(bad_input)
[[nodiscard]] Smoothness smoothness_from_string(const std::string& name);
/// ν as a number; infinity for `infinite`. @throws Error(bad_input) for `automatic` and `estimate`.
[[nodiscard]] double smoothness_value(Smoothness smoothness);

}  // namespace anamorph
