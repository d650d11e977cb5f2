// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

#include "core/deformation/gaussian_basis.h"

namespace anamorph {

/// φ at points (n×d) of a basis that gives them for a block of points at a time (block_values): n×count.
template <class Basis>
[[nodiscard]] Matrix values_by_blocks(const Basis& basis, const Points& x) {
    constexpr int block = GaussianBasis::block;
    const Index n = x.rows();
    Matrix result(n, basis.count());
    std::vector<double> phi(static_cast<std::size_t>(basis.count()) * block);
    for (Index first = 0; first < n; first += block) {
        const int points = static_cast<int>(std::min<Index>(block, n - first));
        const double* axes[3] = {};
        for (int j = 0; j < basis.dimension(); ++j) axes[j] = x.col(j).data() + first;
        basis.block_values(axes, points, phi.data());
        for (Index k = 0; k < basis.count(); ++k)
            std::copy_n(phi.data() + k * block, points, result.col(k).data() + first);
    }
    return result;
}

}  // namespace anamorph
