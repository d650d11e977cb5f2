// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/taper.h"

#include <cmath>

#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

// With t = max(1 − r, 0), which makes everything beyond the range zero.

ANAMORPH_SIMD_CLONES
void wendland_1(const double* s, Index count, double* value) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double r = std::sqrt(s[i]), t = r < 1.0 ? 1.0 - r : 0.0, t2 = t * t;
        value[i] = t2 * t2 * (1.0 + 4.0 * r);
    }
}

ANAMORPH_SIMD_CLONES
void wendland_2(const double* s, Index count, double* value) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double r = std::sqrt(s[i]), t = r < 1.0 ? 1.0 - r : 0.0, t2 = t * t;
        value[i] = t2 * t2 * t2 * (1.0 + 6.0 * r + (35.0 / 3.0) * s[i]);
    }
}

// dT/dr = −20 r (1 − r)³
ANAMORPH_SIMD_CLONES
void wendland_1_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double r = std::sqrt(s[i]), t = r < 1.0 ? 1.0 - r : 0.0;
        derivative[i] = -10.0 * t * t * t;
    }
}

// dT/dr = −(56/3) r (1 + 5r) (1 − r)⁵
ANAMORPH_SIMD_CLONES
void wendland_2_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double r = std::sqrt(s[i]), t = r < 1.0 ? 1.0 - r : 0.0, t2 = t * t;
        derivative[i] = -(28.0 / 3.0) * (1.0 + 5.0 * r) * t2 * t2 * t;
    }
}

}  // namespace

Taper taper_for(Smoothness smoothness) {
    return smoothness_value(smoothness) <= 1.5 ? Taper::wendland_1 : Taper::wendland_2;
}

void taper(Taper kind, const double* s, Index count, double* value) {
    kind == Taper::wendland_1 ? wendland_1(s, count, value) : wendland_2(s, count, value);
}

void taper_derivative(Taper kind, const double* s, Index count, double* derivative) {
    kind == Taper::wendland_1 ? wendland_1_derivative(s, count, derivative)
                              : wendland_2_derivative(s, count, derivative);
}

}  // namespace anamorph
