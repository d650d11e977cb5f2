// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/noise_mixture.h"

#include <algorithm>
#include <cmath>

namespace anamorph {

namespace {

constexpr int mixture_size = 24;
constexpr double drop = 16.0;  // nats below its mode at which the density of log w is cut

/// Where a(u − e^u + 1) = −drop, on the given side of its maximum at 0.
double end_of_log_weight(double a, double direction) {
    const auto below = [&](double u) { return a * (u - std::exp(u) + 1.0) < -drop; };
    double inside = 0.0, outside = direction;
    while (!below(outside)) outside *= 1.5;
    for (int k = 0; k < 60; ++k) {
        const double middle = 0.5 * (inside + outside);
        (below(middle) ? outside : inside) = middle;
    }
    return inside;
}

}  // namespace

NoiseMixture student_mixture(double nu) {
    // The density of u = log w is proportional to exp(ν/2 (u − e^u)).
    const double a = 0.5 * nu, low = end_of_log_weight(a, -1.0), high = end_of_log_weight(a, 1.0);
    NoiseMixture mixture{Vector(mixture_size), Vector(mixture_size)};
    for (int k = 0; k < mixture_size; ++k) {
        const double u = low + (high - low) * k / (mixture_size - 1);
        mixture.scale(k) = std::exp(-u);
        mixture.share(k) = std::exp(a * (u - std::exp(u) + 1.0));
    }
    mixture.share /= mixture.share.sum();
    // What is cut off beyond the least weight goes to it, so that the variance is ν/(ν − 2).
    const double missing = nu / (nu - 2.0) - mixture.variance();
    mixture.scale(0) += std::max(missing, 0.0) / mixture.share(0);
    return mixture;
}

}  // namespace anamorph
