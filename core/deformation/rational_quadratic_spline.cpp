// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/rational_quadratic_spline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr int most_bins = 40;
constexpr double least_share = 0.02;  // of [−B, B] that a bin takes at least
constexpr double least_slope = 0.02;

using EdgeCotangents = std::array<double, most_bins + 1>;

/// softplus with softplus(0) = 1 − least_slope.
const double softplus_shift = std::log(std::expm1(1.0 - least_slope));
double slope_of(double raw) {
    const double t = raw + softplus_shift;
    return least_slope + (t > 30.0 ? t : std::log1p(std::exp(t)));
}
double d_slope_of(double raw) { return 1.0 / (1.0 + std::exp(-(raw + softplus_shift))); }

/// Shares of a softmax of K raw values, each at least `least_share`.
void shares_of(const double* raw, int count, double* softmax) {
    const double top = *std::max_element(raw, raw + count);
    double sum = 0.0;
    for (int k = 0; k < count; ++k) sum += softmax[k] = std::exp(raw[k] - top);
    for (int k = 0; k < count; ++k) softmax[k] /= sum;
}

void edges_of(const double* raw, int count, double extent, double* edge) {
    std::array<double, most_bins> softmax;
    shares_of(raw, count, softmax.data());
    edge[0] = -extent;
    for (int k = 0; k < count; ++k)
        edge[k + 1] = edge[k] + 2.0 * extent *
                                    (least_share + (1.0 - least_share * count) *
                                                       softmax[static_cast<std::size_t>(k)]);
    edge[count] = extent;
}

/// Cotangents of the raw values from those of the edges (K + 1; the outer two do not move).
void pull_back_edges(const double* raw, int count, double extent, const EdgeCotangents& d_edge,
                     double* d_raw) {
    std::array<double, most_bins> softmax, d_share;
    shares_of(raw, count, softmax.data());
    // Edge e is −B plus the widths before it; edge K is fixed.
    double later = 0.0, mean = 0.0;
    for (int k = count - 1; k >= 0; --k) {
        const auto i = static_cast<std::size_t>(k);
        if (k + 1 < count) later += d_edge[i + 1];
        d_share[i] = 2.0 * extent * (1.0 - least_share * count) * later;
        mean += d_share[i] * softmax[i];
    }
    for (int k = 0; k < count; ++k) {
        const auto i = static_cast<std::size_t>(k);
        d_raw[k] = softmax[i] * (d_share[i] - mean);
    }
}

std::size_t bin_of(const std::vector<double>& edges, double at) {
    const auto upper = std::upper_bound(edges.begin() + 1, edges.end() - 1, at);
    return static_cast<std::size_t>(upper - edges.begin() - 1);
}

/// One bin at ξ in [0, 1]: y = y_k + h N/D, slope s² Q/D² (eq. 4 and 5).
struct Bin {
    double w, h, s, d0, d1;
    double xi, flat;  // ξ and ξ(1 − ξ)
    double n, d, q;

    Bin(const RationalQuadraticSpline::Knots& k, std::size_t b, double x)
        : w(k.x[b + 1] - k.x[b]), h(k.y[b + 1] - k.y[b]), s(h / w), d0(k.slope[b]),
          d1(k.slope[b + 1]), xi((x - k.x[b]) / w), flat(xi * (1.0 - xi)),
          n(s * xi * xi + d0 * flat), d(s + (d1 + d0 - 2.0 * s) * flat),
          q(d1 * xi * xi + 2.0 * s * flat + d0 * (1.0 - xi) * (1.0 - xi)) {}
};

}  // namespace

RationalQuadraticSpline::RationalQuadraticSpline(int bins, double extent)
    : bins_(bins), extent_(extent) {
    if (bins < 2 || bins > most_bins)
        throw Error(ErrorCode::bad_input, "A spline has 2 to " + std::to_string(most_bins) + " bins.");
}

void RationalQuadraticSpline::set(const double* raw, Knots& knots) const {
    const auto count = static_cast<std::size_t>(bins_) + 1;
    knots.x.resize(count);
    knots.y.resize(count);
    knots.slope.assign(count, 1.0);
    edges_of(raw, bins_, extent_, knots.x.data());
    edges_of(raw + bins_, bins_, extent_, knots.y.data());
    for (int k = 1; k < bins_; ++k)
        knots.slope[static_cast<std::size_t>(k)] = slope_of(raw[2 * bins_ + k - 1]);
}

double RationalQuadraticSpline::value(const Knots& knots, double x, double& log_slope) const {
    log_slope = 0.0;
    if (!(std::abs(x) < extent_)) return x;
    const std::size_t b = bin_of(knots.x, x);
    const Bin bin(knots, b, x);
    log_slope = 2.0 * std::log(bin.s) + std::log(bin.q) - 2.0 * std::log(bin.d);
    return knots.y[b] + bin.h * bin.n / bin.d;
}

double RationalQuadraticSpline::inverse(const Knots& knots, double y) const {
    if (!(std::abs(y) < extent_)) return y;
    const std::size_t b = bin_of(knots.y, y);
    const Bin bin(knots, b, knots.x[b]);
    // a ξ² + b ξ + c = 0 (eq. 6 to 8), the root that does not cancel.
    const double rise = y - knots.y[b], curve = bin.d1 + bin.d0 - 2.0 * bin.s;
    const double qa = bin.h * (bin.s - bin.d0) + rise * curve;
    const double qb = bin.h * bin.d0 - rise * curve;
    const double qc = -bin.s * rise;
    const double root = std::sqrt(std::max(0.0, qb * qb - 4.0 * qa * qc));
    return knots.x[b] + bin.w * (2.0 * qc / (-qb - root));
}

double RationalQuadraticSpline::pull_back(const double* raw, const Knots& knots, double x, double g,
                                          double gamma, double* d_raw) const {
    std::fill(d_raw, d_raw + raw_count(), 0.0);
    if (!(std::abs(x) < extent_)) return g;
    const std::size_t b = bin_of(knots.x, x);
    const Bin v(knots, b, x);
    // value = y_k + h N/D, log-slope = 2 log s + log Q − 2 log D.
    const double to_n = g * v.h / v.d;
    const double to_d = -g * v.h * v.n / (v.d * v.d) - 2.0 * gamma / v.d;
    const double to_q = gamma / v.q;
    const double bend = 1.0 - 2.0 * v.xi;  // d flat/dξ
    double d_h = g * v.n / v.d;
    const double d_s = to_n * v.xi * v.xi + to_d * (1.0 - 2.0 * v.flat) + to_q * 2.0 * v.flat +
                       2.0 * gamma / v.s;
    const double d_d0 = to_n * v.flat + to_d * v.flat + to_q * (1.0 - v.xi) * (1.0 - v.xi);
    const double d_d1 = to_d * v.flat + to_q * v.xi * v.xi;
    const double d_xi = to_n * (2.0 * v.s * v.xi + v.d0 * bend) +
                        to_d * (v.d1 + v.d0 - 2.0 * v.s) * bend +
                        to_q * (2.0 * v.d1 * v.xi + 2.0 * v.s * bend - 2.0 * v.d0 * (1.0 - v.xi));
    d_h += d_s / v.w;
    const double d_w = -d_s * v.s / v.w - d_xi * v.xi / v.w;
    EdgeCotangents d_edge{};
    d_edge[b] = -d_xi / v.w - d_w;
    d_edge[b + 1] = d_w;
    pull_back_edges(raw, bins_, extent_, d_edge, d_raw);
    d_edge.fill(0.0);
    d_edge[b] = g - d_h;
    d_edge[b + 1] = d_h;
    pull_back_edges(raw + bins_, bins_, extent_, d_edge, d_raw + bins_);
    double* d_slopes = d_raw + 2 * bins_ - 1;  // of knot k at index k
    const double* slopes = raw + 2 * bins_ - 1;
    if (b > 0) d_slopes[b] += d_d0 * d_slope_of(slopes[b]);
    if (b + 1 < static_cast<std::size_t>(bins_)) d_slopes[b + 1] += d_d1 * d_slope_of(slopes[b + 1]);
    return d_xi / v.w;
}

}  // namespace anamorph
