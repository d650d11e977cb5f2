// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/scale_limits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/base/error.h"

namespace anamorph {

std::optional<double> finite_quantile(const Vector& values, double p) {
    if (!(p >= 0.0 && p <= 1.0)) throw Error(ErrorCode::bad_input, "A quantile's probability lies between 0 and 1.");
    std::vector<double> finite;
    finite.reserve(static_cast<std::size_t>(values.size()));
    for (const double v : values)
        if (std::isfinite(v)) finite.push_back(v);
    if (finite.empty()) return std::nullopt;
    const auto rank = static_cast<std::ptrdiff_t>(p * static_cast<double>(finite.size() - 1) + 0.5);
    std::nth_element(finite.begin(), finite.begin() + rank, finite.end());
    return finite[static_cast<std::size_t>(rank)];
}

ScaleLimits scale_limits(const Vector& values, double p) {
    if (!(p >= 0.0 && p < 0.5))
        throw Error(ErrorCode::bad_input, "The share that a scale leaves out at either end lies between 0 and a half.");
    const std::optional<double> lower = finite_quantile(values, p);
    if (!lower) return {};
    const double upper = finite_quantile(values, 1.0 - p).value_or(*lower);
    if (upper - *lower > 1e-6 * std::max(std::abs(*lower), std::abs(upper))) return {*lower, upper};
    const double margin = *lower == 0.0 ? 1.0 : 0.1 * std::abs(*lower);
    return {*lower - margin, *lower + margin};
}

}  // namespace anamorph
