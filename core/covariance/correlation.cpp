// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/correlation.h"

#include <cmath>

#include "core/base/error.h"
#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

constexpr double smallest_squared_distance = 1e-14;

ANAMORPH_SIMD_CLONES
void matern_half(const double* s, Index count, double* rho) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) rho[i] = exp_nonpositive(-std::sqrt(s[i]));
}

ANAMORPH_SIMD_CLONES
void matern_three_halves(const double* s, Index count, double* rho) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        rho[i] = (1.0 + h) * exp_nonpositive(-h);
    }
}

ANAMORPH_SIMD_CLONES
void matern_five_halves(const double* s, Index count, double* rho) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        rho[i] = (1.0 + h + s[i] * (1.0 / 3.0)) * exp_nonpositive(-h);
    }
}

ANAMORPH_SIMD_CLONES
void gaussian(const double* s, Index count, double* rho) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) rho[i] = exp_nonpositive(-0.5 * s[i]);
}

ANAMORPH_SIMD_CLONES
void matern_half_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double h =
            std::sqrt(s[i] < smallest_squared_distance ? smallest_squared_distance : s[i]);
        derivative[i] = -0.5 * exp_nonpositive(-h) / h;
    }
}

ANAMORPH_SIMD_CLONES
void matern_three_halves_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) derivative[i] = -0.5 * exp_nonpositive(-std::sqrt(s[i]));
}

ANAMORPH_SIMD_CLONES
void matern_five_halves_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        derivative[i] = -(1.0 + h) * (1.0 / 6.0) * exp_nonpositive(-h);
    }
}

ANAMORPH_SIMD_CLONES
void gaussian_derivative(const double* s, Index count, double* derivative) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) derivative[i] = -0.5 * exp_nonpositive(-0.5 * s[i]);
}

ANAMORPH_SIMD_CLONES
void add_squares(const double* x, double xj, Index count, double* out) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) {
        const double dx = x[i] - xj;
        out[i] += dx * dx;
    }
}

// K₀ and K₁ by the standard library: accurate, and slow; only the SPDE's probes and tests use ν = 1.
void matern_one(const double* s, Index count, double* rho) {
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        rho[i] = h < 1e-8 ? 1.0 : h > 600.0 ? 0.0 : h * std::cyl_bessel_k(1.0, h);
    }
}

void matern_one_derivative(const double* s, Index count, double* derivative) {
    for (Index i = 0; i < count; ++i) {  // d(h K₁)/dh = −h K₀
        const double h =
            std::sqrt(s[i] < smallest_squared_distance ? smallest_squared_distance : s[i]);
        derivative[i] = h > 600.0 ? 0.0 : -0.5 * std::cyl_bessel_k(0.0, h);
    }
}

[[noreturn]] void refuse_automatic() {
    throw Error(ErrorCode::bad_input, "A covariance needs a given smoothness, not \"auto\".");
}

}  // namespace

void correlation(Smoothness smoothness, const double* s, Index count, double* rho) {
    switch (smoothness) {
        case Smoothness::half: return matern_half(s, count, rho);
        case Smoothness::one: return matern_one(s, count, rho);
        case Smoothness::three_halves: return matern_three_halves(s, count, rho);
        case Smoothness::five_halves: return matern_five_halves(s, count, rho);
        case Smoothness::infinite: return gaussian(s, count, rho);
        case Smoothness::automatic:
        case Smoothness::estimate: break;
    }
    refuse_automatic();
}

void correlation_derivative(Smoothness smoothness, const double* s, Index count,
                            double* derivative) {
    switch (smoothness) {
        case Smoothness::half: return matern_half_derivative(s, count, derivative);
        case Smoothness::one: return matern_one_derivative(s, count, derivative);
        case Smoothness::three_halves: return matern_three_halves_derivative(s, count, derivative);
        case Smoothness::five_halves: return matern_five_halves_derivative(s, count, derivative);
        case Smoothness::infinite: return gaussian_derivative(s, count, derivative);
        case Smoothness::automatic:
        case Smoothness::estimate: break;
    }
    refuse_automatic();
}

double correlation_at(Smoothness smoothness, double distance) {
    const double s = distance * distance;
    double rho = 0.0;
    correlation(smoothness, &s, 1, &rho);
    return rho;
}

double practical_range_factor(Smoothness smoothness) {
    double low = 0.0, high = 20.0;
    for (int i = 0; i < 80; ++i) {
        const double middle = 0.5 * (low + high);
        (correlation_at(smoothness, middle) > 0.05 ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

Matrix cross_correlation(Smoothness smoothness, const Points& a, const Points& b) {
    const Index m = a.rows(), n = b.rows();
    if (smoothness == Smoothness::automatic || smoothness == Smoothness::estimate) refuse_automatic();
    Matrix rho(m, n);
#pragma omp parallel for schedule(static)
    for (Index j = 0; j < n; ++j) {
        double* column = rho.col(j).data();
        for (Index i = 0; i < m; ++i) column[i] = 0.0;
        for (Index k = 0; k < a.cols(); ++k) add_squares(a.data() + k * m, b(j, k), m, column);
        correlation(smoothness, column, m, column);
    }
    return rho;
}

}  // namespace anamorph
