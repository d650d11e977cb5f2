// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/spatial_order.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace anamorph {

std::vector<std::int32_t> spatial_order(const Points& x) {
    const Index n = x.rows();
    const int d = static_cast<int>(x.cols()), bits = 63 / d;
    const Eigen::RowVectorXd low = x.colwise().minCoeff();
    const double extent = std::max((x.colwise().maxCoeff() - low).maxCoeff(), 1e-300);
    const double cells = std::ldexp(1.0, std::min(bits, 20)) - 1.0;
    std::vector<std::pair<std::uint64_t, std::int32_t>> keys(static_cast<std::size_t>(n));
#pragma omp parallel for schedule(static)
    for (Index i = 0; i < n; ++i) {
        std::uint64_t key = 0;
        for (int a = 0; a < d; ++a) {
            const auto cell = static_cast<std::uint64_t>((x(i, a) - low(a)) / extent * cells);
            for (int b = 0; b < std::min(bits, 20); ++b) key |= ((cell >> b) & 1u) << (b * d + a);
        }
        keys[static_cast<std::size_t>(i)] = {key, static_cast<std::int32_t>(i)};
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::int32_t> order(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) order[i] = keys[i].second;
    return order;
}

}  // namespace anamorph
