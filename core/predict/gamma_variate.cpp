// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/gamma_variate.h"

#include <cmath>

namespace anamorph {

double gamma_variate(double shape, RandomStream& random) {
    if (shape < 1.0)
        return gamma_variate(shape + 1.0, random) * std::pow(random.uniform(), 1.0 / shape);
    const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = random.normal(), root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root, u = random.uniform();
        if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
}

}  // namespace anamorph
