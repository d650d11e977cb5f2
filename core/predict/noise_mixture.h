// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// Student's t noise of squared scale τ² as a finite mixture of normal distributions: N(0, τ²·scale_k)
/// with probability share_k. The Gamma(ν/2, ν/2) distribution of the weight w = 1/scale (West 1987,
/// Biometrika 74:646) by the trapezoidal rule in log w, which converges exponentially.
struct NoiseMixture {
    Vector scale, share;

    [[nodiscard]] bool empty() const { return scale.size() == 0; }
    /// The noise's variance over τ²: ν/(ν − 2).
    [[nodiscard]] double variance() const { return share.dot(scale); }
};

/// 24 parts: the t density to 1e-4 of its height. 2 < ν.
[[nodiscard]] NoiseMixture student_mixture(double degrees_of_freedom);

}  // namespace anamorph
