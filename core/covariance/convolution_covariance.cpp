// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/convolution_covariance.h"

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/covariance/kernel_pair.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

using namespace kernel_pairs;

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
        factor[k] = joint.factor(i, j);
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
