// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/matern_surface.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

constexpr double nearest_distance = 1e-9, farthest_distance = 745.0;
constexpr int distance_panels = 72, distance_order = 14;
constexpr int smoothness_panels = 7, smoothness_order = 16;
constexpr std::size_t panel_size = static_cast<std::size_t>(distance_order) * smoothness_order;
const double first_log_distance = std::log(nearest_distance);
const double distance_width = (std::log(farthest_distance) - first_log_distance) / distance_panels;
const double first_log_smoothness = std::log(MaternSurface::least_smoothness);
const double smoothness_width =
    (std::log(MaternSurface::greatest_smoothness) - first_log_smoothness) / smoothness_panels;

/// e^h 2^{1−ν} h^ν K_ν(h).
double scaled(double log_nu, double log_h) {
    const double nu = std::exp(log_nu), h = std::exp(log_h);
    gsl_sf_result log_k{};
    if (gsl_sf_bessel_lnKnu_e(nu, h, &log_k) != GSL_SUCCESS)
        return std::numeric_limits<double>::quiet_NaN();
    return std::exp((1.0 - nu) * std::numbers::ln2 + nu * log_h + log_k.val + h);
}

/// The panel of a value and its place x ∈ [−1, 1] in it.
struct Place {
    std::size_t panel;
    double x;
    Place(double value, double first, double width, int count) {
        const double place = (value - first) / width;
        const int p = std::clamp(static_cast<int>(place), 0, count - 1);
        panel = static_cast<std::size_t>(p);
        x = 2.0 * (place - p) - 1.0;
    }
};

/// Chebyshev polynomials T₀ … at x, and their derivatives.
template <int order>
[[gnu::always_inline]] inline void polynomials(double x, double* t) {
    t[0] = 1.0;
    t[1] = x;
    for (int k = 2; k < order; ++k) t[k] = 2.0 * x * t[k - 1] - t[k - 2];
}
template <int order>
[[gnu::always_inline]] inline void slopes(double x, const double* t, double* d) {
    d[0] = 0.0;
    d[1] = 1.0;
    for (int k = 2; k < order; ++k) d[k] = 2.0 * (t[k - 1] + x * d[k - 1]) - d[k - 2];
}

/// Series in log h by those in log ν: rows = Σ_k t_k c_k, c_k of smoothness_order numbers.
[[gnu::always_inline]] inline void contract(const double* c, const double* t, double* rows) {
    for (int l = 0; l < smoothness_order; ++l) rows[l] = 0.0;
    for (int k = 0; k < distance_order; ++k)
        for (int l = 0; l < smoothness_order; ++l) rows[l] += t[k] * c[k * smoothness_order + l];
}
[[gnu::always_inline]] inline double dot(const double* a, const double* b) {
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (int k = 0; k < smoothness_order; ++k) sum += a[k] * b[k];
    return sum;
}

/// The series of one panel at its places x (log h) and y (log ν): [value, by x, by y].
ANAMORPH_SIMD_CLONES double series(const double* c, double x, double y) {
    double t[distance_order], s[smoothness_order], rows[smoothness_order];
    polynomials<distance_order>(x, t);
    polynomials<smoothness_order>(y, s);
    contract(c, t, rows);
    return dot(rows, s);
}
ANAMORPH_SIMD_CLONES void series_with_slopes(const double* c, double x, double y, double* out) {
    double t[distance_order], d[distance_order], s[smoothness_order], rows[smoothness_order];
    polynomials<smoothness_order>(y, s);
    polynomials<distance_order>(x, t);
    slopes<distance_order>(x, t, d);
    contract(c, d, rows);
    out[1] = dot(rows, s);
    contract(c, t, rows);
    out[0] = dot(rows, s);
    double by_y[smoothness_order];
    slopes<smoothness_order>(y, s, by_y);
    out[2] = dot(rows, by_y);
}

}  // namespace

const MaternSurface& MaternSurface::instance() {
    static const MaternSurface surface;
    return surface;
}

MaternSurface::MaternSurface() : coefficients_(distance_panels * smoothness_panels * panel_size) {
    // GSL's own handler ends the program; failures are seen by their status instead.
    [[maybe_unused]] static const auto before = gsl_set_error_handler_off();
    constexpr int m = distance_order, n = smoothness_order;
    double by_h[m][m], by_nu[n][n];  // T_k at the nodes j: [k][j]
    for (int k = 0; k < m; ++k)
        for (int j = 0; j < m; ++j) by_h[k][j] = std::cos(std::numbers::pi * k * (j + 0.5) / m);
    for (int k = 0; k < n; ++k)
        for (int j = 0; j < n; ++j) by_nu[k][j] = std::cos(std::numbers::pi * k * (j + 0.5) / n);
    std::size_t next = 0;
    for (int q = 0; q < smoothness_panels; ++q)
        for (int p = 0; p < distance_panels; ++p) {
            double at[m][n], half[m][n];
            for (int i = 0; i < m; ++i)
                for (int j = 0; j < n; ++j)
                    at[i][j] = scaled(first_log_smoothness + smoothness_width * (q + 0.5 * (1.0 + by_nu[1][j])),
                                      first_log_distance + distance_width * (p + 0.5 * (1.0 + by_h[1][i])));
            for (int i = 0; i < m; ++i)
                for (int l = 0; l < n; ++l) {
                    double sum = 0.0;
                    for (int j = 0; j < n; ++j) sum += at[i][j] * by_nu[l][j];
                    half[i][l] = (l == 0 ? 1.0 : 2.0) / n * sum;
                }
            for (int k = 0; k < m; ++k)
                for (int l = 0; l < n; ++l) {
                    double sum = 0.0;
                    for (int i = 0; i < m; ++i) sum += half[i][l] * by_h[k][i];
                    coefficients_[next++] = (k == 0 ? 1.0 : 2.0) / m * sum;
                }
        }
}

double MaternSurface::value(double h, double nu) const {
    if (h >= farthest_distance) return 0.0;
    const Place u(std::log(std::max(h, nearest_distance)), first_log_distance, distance_width, distance_panels);
    const Place v(std::log(nu), first_log_smoothness, smoothness_width, smoothness_panels);
    const double* c = coefficients_.data() + (v.panel * distance_panels + u.panel) * panel_size;
    return exp_nonpositive(-h) * series(c, u.x, v.x);
}

MaternSurface::Point MaternSurface::with_derivatives(double h, double nu) const {
    if (h >= farthest_distance) return {};
    const Place u(std::log(std::max(h, nearest_distance)), first_log_distance, distance_width, distance_panels);
    const Place v(std::log(nu), first_log_smoothness, smoothness_width, smoothness_panels);
    const double* c = coefficients_.data() + (v.panel * distance_panels + u.panel) * panel_size;
    double smooth[3];
    series_with_slopes(c, u.x, v.x, smooth);
    const double e = exp_nonpositive(-h);
    return {e * smooth[0], e * (2.0 / distance_width * smooth[1] - h * smooth[0]),
            e * 2.0 / (smoothness_width * nu) * smooth[2]};
}

}  // namespace anamorph
