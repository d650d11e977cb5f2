// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/symmetric_exponential.h"

#include <cmath>

#include "core/base/decompositions.h"

namespace anamorph {

SymmetricExponential::SymmetricExponential(const Matrix& symmetric) {
    const SymmetricEigen eigen(symmetric);
    vectors_ = eigen.eigenvectors();
    const Vector& lambda = eigen.eigenvalues();
    const Index d = lambda.size();
    value_ = vectors_ * lambda.array().exp().matrix().asDiagonal() * vectors_.transpose();
    divided_.resize(d, d);
    for (Index i = 0; i < d; ++i)
        for (Index j = 0; j < d; ++j) {
            const double gap = lambda(i) - lambda(j);
            divided_(i, j) = std::abs(gap) < 1e-10
                                 ? std::exp(0.5 * (lambda(i) + lambda(j)))
                                 : (std::exp(lambda(i)) - std::exp(lambda(j))) / gap;
        }
}

Matrix SymmetricExponential::pull_back(const Matrix& d_value) const {
    return vectors_ * divided_.cwiseProduct(vectors_.transpose() * d_value * vectors_) *
           vectors_.transpose();
}

Matrix symmetric_from_entries(const Vector& entries, int d) {
    Matrix s(d, d);
    s.diagonal() = entries.head(d);
    for (int i = 0, k = d; i < d; ++i)
        for (int j = i + 1; j < d; ++j, ++k) s(i, j) = s(j, i) = entries(k);
    return s;
}

Vector by_symmetric_entries(const Matrix& g) {
    const Index d = g.rows();
    Vector entries(d * (d + 1) / 2);
    entries.head(d) = g.diagonal();
    for (Index i = 0, k = d; i < d; ++i)
        for (Index j = i + 1; j < d; ++j, ++k) entries(k) = g(i, j) + g(j, i);
    return entries;
}

}  // namespace anamorph
