// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/convolution_covariance.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

template <int d>
using Small = Eigen::Matrix<double, d, d>;
template <int d>
using Column = Eigen::Matrix<double, d, 1>;

constexpr double greatest_log = 30.0;  // keeps e^{log L} finite; far beyond any kernel

/// L and log|L| of pair p's site from feature columns.
template <int d>
struct Kernel {
    Small<d> root = Small<d>::Zero();
    Small<d> matrix;      // Σ = LLᵀ
    double log_root = 0;  // log|L|

    Kernel(const double* const* local, Index p) {
        for (int a = 0, k = 0; a < d; ++a)
            for (int b = 0; b <= a; ++b, ++k)
                if (a == b) {
                    const double t = std::clamp(local[k][p], -greatest_log, greatest_log);
                    root(a, a) = std::exp(t);
                    log_root += t;
                } else {
                    root(a, b) = local[k][p];
                }
        matrix.noalias() = root * root.transpose();
    }
    /// Adds the derivatives by the local features, given those by Σ (symmetric) and log|L|.
    void pull_back(const Small<d>& d_matrix, double d_log_root, double* const* d_local, Index p) const {
        const Small<d> g = 2.0 * d_matrix * root;
        for (int a = 0, k = 0; a < d; ++a)
            for (int b = 0; b <= a; ++b, ++k)
                d_local[k][p] += a == b ? g(a, a) * root(a, a) + d_log_root : g(a, b);
    }
};

/// A⁻¹, log|A|^{1/2} and v = A⁻¹δ of one pair.
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
};

template <int d>
Column<d> difference(const PairRow& row, Index p, Index own) {
    Column<d> delta;
    for (int a = 0; a < d; ++a) delta(a) = row.others[a][p] - row.own[a][own];
    return delta;
}

/// δᵀA⁻¹δ of the pairs `first` … `first + count − 1` and what their correlation is to be multiplied
/// by, |Σᵢ|^{1/4}|Σⱼ|^{1/4}|A|^{−1/2}.
template <int d>
void distances_and_factors(const PairRow& row, Index first, Index count, double* squared,
                           double* factor) {
    for (Index k = 0; k < count; ++k) {
        const Index p = first + k, own = p % row.period;
        const Kernel<d> i(row.own + d, own), j(row.others + d, p);
        const Joint<d> joint(i, j, difference<d>(row, p, own));
        squared[k] = joint.squared;
        factor[k] = std::exp(0.5 * (i.log_root + j.log_root) - joint.half_log_det);
    }
}

template <class F>
void in_dimension(int dimension, const F& f) {
    switch (dimension) {
        case 1: return f.template operator()<1>();
        case 2: return f.template operator()<2>();
        default: return f.template operator()<3>();
    }
}

}  // namespace

ConvolutionCovariance::ConvolutionCovariance(IsotropicCorrelationPointer correlation, int dimension)
    : correlation_(std::move(correlation)), dimension_(dimension) {
    if (dimension < 1 || dimension > 3)
        throw Error(ErrorCode::unsupported, "A process convolution has one to three dimensions.");
    const std::string label = correlation_->label();
    if (label == "spherical" || label == "cubic")
        throw Error(ErrorCode::unsupported,
                    "The " + label + " correlation is not valid in every dimension, which kernels "
                    "that vary need.",
                    "Use a Matérn or a generalised Cauchy correlation.");
}

PairCovariancePointer ConvolutionCovariance::with(const Vector& coefficients) const {
    return std::make_shared<ConvolutionCovariance>(correlation_->with_shape(coefficients), dimension_);
}

void ConvolutionCovariance::correlations(const PairRow& row, double* rho) const {
    in_dimension(dimension_, [&]<int d>() {
        over_blocks(row.count, [&](Index first, Index count) {
            double factor[pair_block];
            double* s = rho + first;
            distances_and_factors<d>(row, first, count, s, factor);
            correlation_->value(s, count, s);
            for (Index k = 0; k < count; ++k) s[k] *= factor[k];
        });
    });
}

void ConvolutionCovariance::pull_back(const PairRow& row, const double* weight,
                                      double* const* d_own, double* const* d_others,
                                      double* d_natural) const {
    const Index shapes = coefficient_count();
    std::vector<double> by_shape(static_cast<std::size_t>(shapes * pair_block));
    in_dimension(dimension_, [&]<int d>() {
        over_blocks(row.count, [&](Index first, Index count) {
            double factor[pair_block], s[pair_block], value[pair_block], slope[pair_block];
            distances_and_factors<d>(row, first, count, s, factor);
            correlation_->value(s, count, value);
            correlation_->derivative(s, count, slope);
            if (shapes > 0) correlation_->shape_derivatives(s, count, by_shape.data());
            for (Index k = 0; k < count; ++k) {
                const Index p = first + k, own = p % row.period;
                const double w = weight[p] * factor[k];
                for (Index c = 0; c < shapes; ++c)
                    d_natural[c] += w * by_shape[static_cast<std::size_t>(c * count + k)];
                const Kernel<d> i(row.own + d, own), j(row.others + d, p);
                const Joint<d> joint(i, j, difference<d>(row, p, own));
                const Column<d> d_delta = 2.0 * w * slope[k] * joint.v;
                for (int a = 0; a < d; ++a) {
                    d_others[a][p] += d_delta(a);
                    d_own[a][own] -= d_delta(a);
                }
                // dC = f ρ' dQ + C (½ dlog|Lᵢ| + ½ dlog|Lⱼ| − ½ tr A⁻¹dA), dQ = −vᵀdA v, dA = ½ dΣ.
                const Small<d> d_matrix = -0.5 * w * slope[k] * joint.v * joint.v.transpose() -
                                          0.25 * w * value[k] * joint.inverse;
                i.pull_back(d_matrix, 0.5 * w * value[k], d_own + d, own);
                j.pull_back(d_matrix, 0.5 * w * value[k], d_others + d, p);
            }
        });
    });
}

Matrix ConvolutionCovariance::kernel_root(const Vector& local, int dimension) {
    Matrix root = Matrix::Zero(dimension, dimension);
    for (int a = 0, k = 0; a < dimension; ++a)
        for (int b = 0; b <= a; ++b, ++k) root(a, b) = a == b ? std::exp(local(k)) : local(k);
    return root;
}

}  // namespace anamorph
