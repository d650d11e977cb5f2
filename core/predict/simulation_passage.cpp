// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/simulation_passage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"

namespace anamorph {

Vector simulation_passage(const Vector& mean, const Vector& from, const Vector& to, double t) {
    if (from.size() != mean.size() || to.size() != mean.size())
        throw Error(ErrorCode::dimension_mismatch, "Two simulations and their mean are of different grids.");
    if (!(t > 0.0)) return from;
    if (t >= 1.0) return to;
    const double angle = 0.5 * std::numbers::pi * t;
    return mean + std::cos(angle) * (from - mean) + std::sin(angle) * (to - mean);
}

}  // namespace anamorph
