// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// Compactly supported correlations with T(0) = 1 and T(r) = 0 for r ≥ 1, r the distance over the
/// taper range; positive definite in up to three dimensions (Wendland 1995; Furrer, Genton and
/// Nychka 2006, table 1):
///   wendland_1  (1 − r)⁴ (1 + 4r)                twice differentiable at 0
///   wendland_2  (1 − r)⁶ (1 + 6r + 35r²/3)       four times
enum class Taper { wendland_1, wendland_2 };

/// The taper for a Matérn covariance of this smoothness. Tapering leaves kriging and likelihood
/// asymptotically right where the taper's spectral density falls at least as fast as the
/// covariance's: ν ≤ 3/2 for the first, ν ≤ 5/2 for the second (Furrer, Genton and Nychka 2006).
/// For the Gaussian covariance no such taper exists; the product with the second is a valid
/// covariance, four times differentiable.
[[nodiscard]] Taper taper_for(Smoothness smoothness);

/// T for `count` squared distances r²; in place allowed.
void taper(Taper kind, const double* squared_distance, Index count, double* value);

/// dT/d(r²) for `count` squared distances r²; in place allowed.
void taper_derivative(Taper kind, const double* squared_distance, Index count, double* derivative);

}  // namespace anamorph
