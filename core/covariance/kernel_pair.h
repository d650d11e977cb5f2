// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels of a process convolution and pairs of them, for the covariances that are built on them.
#pragma once

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "core/base/types.h"
#include "core/covariance/pair_kernel.h"

namespace anamorph::kernel_pairs {

template <int d>
using Small = Eigen::Matrix<double, d, d>;
template <int d>
using Column = Eigen::Matrix<double, d, 1>;

inline constexpr double greatest_log = 30.0;  // keeps e^{log L} finite; far beyond any kernel

/// L, Σ = LLᵀ and log|L| of one site from its feature columns, all of L multiplied by e^{log_length}.
template <int d>
struct Kernel {
    Small<d> root = Small<d>::Zero();
    Small<d> matrix;       // Σ
    double log_root = 0;   // log|L|
    double length = 1.0;   // e^{log_length}

    Kernel() = default;
    Kernel(const double* const* local, Index p, double log_length = 0.0) {
        if (log_length != 0.0) length = std::exp(log_length);
        for (int a = 0, k = 0; a < d; ++a)
            for (int b = 0; b <= a; ++b, ++k)
                if (a == b) {
                    const double t = std::clamp(local[k][p], -greatest_log, greatest_log) + log_length;
                    root(a, a) = std::exp(t);
                    log_root += t;
                } else {
                    root(a, b) = length * local[k][p];
                }
        matrix.noalias() = root * root.transpose();
    }
    /// Adds the derivatives by the local features, given those by Σ (symmetric) and log|L|.
    void pull_back(const Small<d>& d_matrix, double d_log_root, double* const* d_local, Index p) const {
        const Small<d> g = 2.0 * d_matrix * root;
        for (int a = 0, k = 0; a < d; ++a)
            for (int b = 0; b <= a; ++b, ++k)
                d_local[k][p] += a == b ? g(a, a) * root(a, a) + d_log_root : g(a, b) * length;
    }
    /// The derivative by log_length.
    [[nodiscard]] double by_log_length(const Small<d>& d_matrix, double d_log_root) const {
        return 2.0 * d_matrix.cwiseProduct(matrix).sum() + d * d_log_root;
    }
};

/// A⁻¹, log|A|^{1/2} and v = A⁻¹δ of one pair, A = (Σᵢ + Σⱼ)/2.
template <int d>
struct Joint {
    Small<d> inverse;
    double half_log_det = 0.0;
    Column<d> v;
    double squared = 0.0;  // δᵀA⁻¹δ

    Joint(const Kernel<d>& i, const Kernel<d>& j, const Column<d>& delta) {
        const Small<d> a = 0.5 * (i.matrix + j.matrix);
        inverse = a.inverse();
        half_log_det = 0.5 * std::log(a.determinant());
        v.noalias() = inverse * delta;
        squared = std::max(v.dot(delta), 0.0);
    }
    /// |Σᵢ|^{1/4}|Σⱼ|^{1/4}|A|^{−1/2}
    [[nodiscard]] double factor(const Kernel<d>& i, const Kernel<d>& j) const {
        return std::exp(0.5 * (i.log_root + j.log_root) - half_log_det);
    }
};

/// δ = U_other − U_own of pair p.
template <int d>
Column<d> difference(const PairRow& row, Index p, Index own) {
    Column<d> delta;
    for (int a = 0; a < d; ++a) delta(a) = row.others[a][p] - row.own[a][own];
    return delta;
}

template <class F>
void in_dimension(int dimension, const F& f) {
    switch (dimension) {
        case 1: return f.template operator()<1>();
        case 2: return f.template operator()<2>();
        default: return f.template operator()<3>();
    }
}

}  // namespace anamorph::kernel_pairs
