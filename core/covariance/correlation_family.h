// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace anamorph {

/// Families of isotropic correlations ρ at range 1 (Chilès and Delfiner 2012, Geostatistics, sec.
/// 2.5; all valid in one, two and three dimensions):
///   matern      2^{1−ν}/Γ(ν) h^ν K_ν(h); ν = 1/2 is the exponential, ν = ∞ the Gaussian
///   spherical   1 − 3h/2 + h³/2 for h < 1, then 0
///   cubic       1 − 7h² + 35h³/4 − 7h⁵/2 + 3h⁷/4 for h < 1, then 0
///   cauchy      (1 + h^α)^{−β/α}, 0 < α ≤ 2, β > 0: generalised Cauchy (Gneiting and Schlather
///               2004), α the smoothness near 0 and β the slow decay far away, both estimated
enum class CorrelationFamily { matern, spherical, cubic, cauchy };

[[nodiscard]] std::string to_string(CorrelationFamily family);  ///< "matern", "spherical", …
/// @throws Error(bad_input)
[[nodiscard]] CorrelationFamily correlation_family_from_string(const std::string& name);

}  // namespace anamorph
