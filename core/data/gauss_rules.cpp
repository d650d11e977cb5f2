// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/gauss_rules.h"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

namespace anamorph {

namespace {

/// From the recurrence's coefficients beside the diagonal (b₁ … bₙ₋₁, the diagonal being zero) and the
/// integral of the weight.
GaussRule from_recurrence(const Vector& beside, double integral) {
    const Index n = beside.size() + 1;
    Eigen::SelfAdjointEigenSolver<Matrix> eigen;
    eigen.computeFromTridiagonal(Vector::Zero(n), beside);
    return {eigen.eigenvalues(), integral * eigen.eigenvectors().row(0).transpose().cwiseAbs2()};
}

}  // namespace

const GaussRule& gauss_hermite() {
    static const GaussRule rule = [] {
        Vector beside(31);
        for (Index k = 0; k < beside.size(); ++k) beside(k) = std::sqrt(static_cast<double>(k + 1));
        return from_recurrence(beside, 1.0);
    }();
    return rule;
}

const GaussRule& gauss_legendre() {
    static const GaussRule rule = [] {
        Vector beside(23);
        for (Index k = 0; k < beside.size(); ++k) {
            const double j = static_cast<double>(k + 1);
            beside(k) = j / std::sqrt(4.0 * j * j - 1.0);
        }
        return from_recurrence(beside, 2.0);
    }();
    return rule;
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_density(double x) {
    return std::exp(-0.5 * x * x) * 0.5 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
}

}  // namespace anamorph
