// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/calibration.h"

#include <algorithm>
#include <cmath>

namespace anamorph {

std::vector<CalibrationLevel> calibration(const Vector& u, const std::vector<double>& levels) {
    std::vector<CalibrationLevel> result;
    if (u.size() == 0) return result;
    const auto m = static_cast<double>(u.size());
    for (const double level : levels) {
        const auto inside = static_cast<double>(((u.array() - 0.5).abs() <= 0.5 * level).count());
        result.push_back({level, inside / m, std::sqrt(level * (1.0 - level) / m)});
    }
    return result;
}

std::vector<Index> probability_integral_histogram(const Vector& u, int bins) {
    std::vector<Index> counts(static_cast<std::size_t>(bins), 0);
    for (Index i = 0; i < u.size(); ++i) {
        const int at = std::clamp(static_cast<int>(u(i) * bins), 0, bins - 1);
        ++counts[static_cast<std::size_t>(at)];
    }
    return counts;
}

}  // namespace anamorph
