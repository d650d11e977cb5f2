// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/simulation_passage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"

namespace anamorph {

Vector simulation_passage(const Vector& mean, const Vector& from, const Vector& to, int count, double t) {
    if (from.size() != mean.size() || to.size() != mean.size())
        throw Error(ErrorCode::dimension_mismatch, "Two simulations and their mean are of different grids.");
    if (count < 2) throw Error(ErrorCode::bad_input, "A passage needs two simulations.");
    if (!(t > 0.0)) return from;
    if (t >= 1.0) return to;
    if (count == 2) return t < 0.5 ? from : to;
    const double angle = 0.5 * std::numbers::pi * t, others = count - 1.0;
    const double s = std::sqrt(others / (others - std::sin(2.0 * angle)));
    return mean + s * (std::cos(angle) * (from - mean) + std::sin(angle) * (to - mean));
}

}  // namespace anamorph
