// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/linear.h"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr double scale_precision = 0.02;       // of the prior 0.02 (s − 1)²
constexpr double anisotropy_precision = 2.0;   // of the prior 2 (p² + q²)

class LinearTape final : public DeformationTape {
public:
    LinearTape(const LinearDeformation& f, const Points& x)
        : f_(f), x_(x), deformed_(f.forward(x)), log_det_(f.log_abs_det(x)) {}
    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }
    [[nodiscard]] Vector pull_back(const Points& g, const Vector& gamma) const override {
        return f_.pull_back_matrix(g.transpose() * x_, gamma.size() > 0 ? gamma.sum() : 0.0);
    }

private:
    LinearDeformation f_;
    Points x_, deformed_;
    Vector log_det_;
};

}  // namespace

LinearDeformation::LinearDeformation(int dimension, bool full)
    : dimension_(dimension), full_(full && dimension > 1) {
    const Index anisotropy = !full_ ? 0 : dimension == 2 ? 2 : 4;
    set_parameters(Vector::Zero(scale_count() + anisotropy));
}

Matrix LinearDeformation::generator(Index k) const {
    Matrix e = Matrix::Zero(dimension_, dimension_);
    if (dimension_ == 3 && k == 1) {
        e(2, 2) = 1.0;
        return e;
    }
    if (k == 0) {
        for (int j = 0; j < std::min(dimension_, 2); ++j) e(j, j) = 1.0;
        return e;
    }
    switch (k - scale_count()) {
        case 0: e(0, 0) = 1.0, e(1, 1) = -1.0; break;
        case 1: e(0, 1) = e(1, 0) = 1.0; break;
        case 2: e(0, 2) = e(2, 0) = 1.0; break;
        default: e(1, 2) = e(2, 1) = 1.0; break;
    }
    return e;
}

void LinearDeformation::set_parameters(const Vector& parameters) {
    if (parameters_.size() > 0 && parameters.size() != parameters_.size())
        throw Error(ErrorCode::dimension_mismatch, "A linear deformation in " +
                                                       std::to_string(dimension_) + " dimensions has " +
                                                       std::to_string(parameters_.size()) +
                                                       " parameters.");
    parameters_ = parameters;
    symmetric_ = Matrix::Zero(dimension_, dimension_);
    for (Index k = 0; k < parameters_.size(); ++k) symmetric_ += parameters_(k) * generator(k);
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(symmetric_);
    matrix_ = eigen.eigenvectors() * eigen.eigenvalues().array().exp().matrix().asDiagonal() *
              eigen.eigenvectors().transpose();
}

std::unique_ptr<Deformation> LinearDeformation::clone() const {
    return std::make_unique<LinearDeformation>(*this);
}

Vector LinearDeformation::log_abs_det(const Points& x) const {
    return Vector::Constant(x.rows(), log_det());
}

Points LinearDeformation::inverse(const Points& u) const {
    return matrix_.partialPivLu().solve(u.transpose()).transpose();
}

std::unique_ptr<DeformationTape> LinearDeformation::record(const Points& x) const {
    return std::make_unique<LinearTape>(*this, x);
}

Vector LinearDeformation::pull_back_matrix(const Matrix& d_matrix, double d_log_det) const {
    // Daleckii–Krein: d exp(S)[E] = V (F ∘ VᵀEV) Vᵀ, F_ij = (e^λi − e^λj)/(λi − λj).
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(symmetric_);
    const Matrix& v = eigen.eigenvectors();
    const Vector& lambda = eigen.eigenvalues();
    Matrix divided(dimension_, dimension_);
    for (int i = 0; i < dimension_; ++i)
        for (int j = 0; j < dimension_; ++j) {
            const double gap = lambda(i) - lambda(j);
            divided(i, j) = std::abs(gap) < 1e-10
                                ? std::exp(0.5 * (lambda(i) + lambda(j)))
                                : (std::exp(lambda(i)) - std::exp(lambda(j))) / gap;
        }
    const Matrix d_symmetric =
        v * divided.cwiseProduct(v.transpose() * d_matrix * v) * v.transpose();
    Vector gradient(parameters_.size());
    for (Index k = 0; k < parameters_.size(); ++k) {
        const Matrix e = generator(k);
        gradient(k) = d_symmetric.cwiseProduct(e).sum() + d_log_det * e.trace();
    }
    return gradient;
}

double LinearDeformation::regulariser(Vector& gradient) const {
    double value = 0.0;
    for (Index k = 0; k < parameters_.size(); ++k) {
        const bool is_scale = k < scale_count();
        const double weight = is_scale ? scale_precision : anisotropy_precision;
        const double t = parameters_(k) - (is_scale ? 1.0 : 0.0);
        value += weight * t * t;
        gradient(k) += 2.0 * weight * t;
    }
    return value;
}

Vector LinearDeformation::prior_precision() const {
    Vector precision = Vector::Constant(parameters_.size(), 2.0 * anisotropy_precision);
    precision.head(scale_count()).setZero();  // weak: only keeps numbers in range
    return precision;
}

}  // namespace anamorph
