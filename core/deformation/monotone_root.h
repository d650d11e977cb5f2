// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <limits>

namespace anamorph {

/// Root of an increasing function in [low, high] by Newton's steps, halved intervals where they
/// leave the bracket; to rounding. `f(x, slope)` returns the value and sets the derivative. NaN where
/// the bracket holds no root or the function is not finite.
template <class Function>
[[nodiscard]] double monotone_root(const Function& f, double low, double high) {
    double x = 0.5 * (low + high), slope = 1.0;
    for (int iteration = 0; iteration < 200; ++iteration) {
        const double value = f(x, slope);
        if (!std::isfinite(value)) break;
        if (value == 0.0) return x;
        (value > 0.0 ? high : low) = x;
        double next = x - value / slope;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (std::abs(next - x) <= 1e-15 * (1.0 + std::abs(next))) return next;
        x = next;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace anamorph
