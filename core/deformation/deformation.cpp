// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/deformation.h"

namespace anamorph {

std::vector<Matrix> jacobians(const Deformation& f, const Points& x, double step) {
    const Index n = x.rows(), d = x.cols();
    std::vector<Matrix> result(static_cast<std::size_t>(n), Matrix(d, d));
    for (Index b = 0; b < d; ++b) {
        Points plus = x, minus = x;
        plus.col(b).array() += step;
        minus.col(b).array() -= step;
        const Points difference = (f.forward(plus) - f.forward(minus)) / (2.0 * step);
        for (Index i = 0; i < n; ++i)
            result[static_cast<std::size_t>(i)].col(b) = difference.row(i).transpose();
    }
    return result;
}

}  // namespace anamorph
