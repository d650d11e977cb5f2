// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace anamorph {

/// Matérn smoothness ν; `infinite` is the Gaussian covariance exp(−h²/(2ℓ²)). `one` belongs to the
/// SPDE in two dimensions, whose α = 2 fixes it.
enum class Smoothness { automatic, half, one, three_halves, five_halves, infinite };

[[nodiscard]] std::string to_string(Smoothness smoothness);  ///< "auto", "0.5", "1", "1.5", "2.5", "inf"
/// @throws Error(bad_input)
[[nodiscard]] Smoothness smoothness_from_string(const std::string& name);
/// ν as a number; infinity for `infinite`. @throws Error(bad_input) for `automatic`.
[[nodiscard]] double smoothness_value(Smoothness smoothness);

}  // namespace anamorph
