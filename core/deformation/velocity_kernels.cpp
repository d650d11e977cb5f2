// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/velocity_kernels.h"

#include <cstring>

#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

ANAMORPH_SIMD_CLONES
void add_scaled(const double* phi, double w, double* out) {
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) out[i] += w * phi[i];
}

/// out += phi·w·(c − x)·s
ANAMORPH_SIMD_CLONES
void add_slope(const double* phi, const double* x, double w, double c, double s, double* out) {
    const double ws = w * s;
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) out[i] += phi[i] * (ws * (c - x[i]));
}

/// dot += g·w, axis by axis.
ANAMORPH_SIMD_CLONES
void add_product(const double* g, double w, double* dot) {
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) dot[i] += g[i] * w;
}

/// dot += γ w (c − x) s
ANAMORPH_SIMD_CLONES
void add_divergence_product(const double* gamma, const double* x, double w, double c, double s,
                            double* dot) {
    const double ws = w * s;
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) dot[i] += gamma[i] * (ws * (c - x[i]));
}

/// xbar += φ (c − x) s·dot; returns Σ φ g.
ANAMORPH_SIMD_CLONES
double pull_axis(const double* phi, const double* x, const double* dot, const double* g, double c,
                 double s, double* xbar) {
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < GaussianBasis::block; ++i) {
        xbar[i] += phi[i] * dot[i] * ((c - x[i]) * s);
        sum += phi[i] * g[i];
    }
    return sum;
}

/// The divergence's own part: xbar −= φ γ w s; returns Σ φ γ (c − x) s.
ANAMORPH_SIMD_CLONES
double pull_divergence_axis(const double* phi, const double* x, const double* gamma, double w,
                            double c, double s, double* xbar) {
    double sum = 0.0;
    const double ws = w * s;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < GaussianBasis::block; ++i) {
        const double pg = phi[i] * gamma[i];
        xbar[i] -= pg * ws;
        sum += pg * ((c - x[i]) * s);
    }
    return sum;
}

}  // namespace

VelocityKernels::VelocityKernels(const VelocityBasis& basis, const Matrix& coefficients)
    : basis_(basis), w_(coefficients), phi_(static_cast<std::size_t>(basis.count()) * GaussianBasis::block) {}

void VelocityKernels::at(const PointBlock& x, int points) {
    x_ = x;
    points_ = points;
    const double* axes[3] = {x_.axis[0], x_.axis[1], x_.axis[2]};
    basis_.block_values(axes, points, phi_.data());
    // Unused lanes must add nothing to sums over points.
    for (Index k = 0; k < basis_.count() && points < GaussianBasis::block; ++k)
        std::memset(phi_.data() + k * GaussianBasis::block + points, 0,
                    sizeof(double) * static_cast<std::size_t>(GaussianBasis::block - points));
}

void VelocityKernels::velocity(PointBlock& v) const {
    std::memset(&v, 0, sizeof v);
    for (Index k = 0; k < basis_.count(); ++k)
        for (int j = 0; j < basis_.dimension(); ++j)
            add_scaled(phi_.data() + k * GaussianBasis::block, w_(k, j), v.axis[j]);
}

void VelocityKernels::divergence(double* div) const {
    std::memset(div, 0, sizeof(double) * GaussianBasis::block);
    const Points &c = basis_.centres(), &s = basis_.inverse_square_widths();
    for (int j = 0; j < basis_.dimension(); ++j)
        for (Index k = 0; k < basis_.count(); ++k)
            add_slope(phi_.data() + k * GaussianBasis::block, x_.axis[j], w_(k, j), c(k, j), s(k, j), div);
}

void VelocityKernels::jacobian(double (*jac)[GaussianBasis::block]) const {
    const int d = basis_.dimension();
    std::memset(jac, 0, sizeof(double) * GaussianBasis::block * static_cast<std::size_t>(d * d));
    const Points &c = basis_.centres(), &s = basis_.inverse_square_widths();
    for (int b = 0; b < d; ++b)
        for (Index k = 0; k < basis_.count(); ++k)
            for (int a = 0; a < d; ++a)
                add_slope(phi_.data() + k * GaussianBasis::block, x_.axis[b], w_(k, a), c(k, b), s(k, b), jac[a * d + b]);
}

void VelocityKernels::pull_back(const PointBlock& g, const double* gamma, PointBlock& xbar,
                                Matrix& wbar) const {
    const int d = basis_.dimension();
    double dot[GaussianBasis::block];
    for (Index k = 0; k < basis_.count(); ++k) {
        const double* phi = phi_.data() + k * GaussianBasis::block;
        std::memset(dot, 0, sizeof dot);
        for (int j = 0; j < d; ++j) add_product(g.axis[j], w_(k, j), dot);
        if (gamma)
            for (int j = 0; j < d; ++j)
                add_divergence_product(gamma, x_.axis[j], w_(k, j), basis_.centres()(k, j),
                                       basis_.inverse_square_widths()(k, j), dot);
        for (int j = 0; j < d; ++j) {
            const double s = basis_.inverse_square_widths()(k, j);
            const double c = basis_.centres()(k, j);
            wbar(k, j) += pull_axis(phi, x_.axis[j], dot, g.axis[j], c, s, xbar.axis[j]);
            if (gamma)
                wbar(k, j) +=
                    pull_divergence_axis(phi, x_.axis[j], gamma, w_(k, j), c, s, xbar.axis[j]);
        }
    }
}

}  // namespace anamorph
