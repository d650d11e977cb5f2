// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/decompositions.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <Eigen/SVD>

namespace anamorph {

SymmetricEigen::SymmetricEigen(const MatrixView& symmetric) {
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(symmetric);
    values_ = eigen.eigenvalues();
    vectors_ = eigen.eigenvectors();
}

Matrix SymmetricEigen::square_root() const {
    return vectors_ * values_.cwiseSqrt().asDiagonal() * vectors_.transpose();
}

Matrix SymmetricEigen::inverse_square_root() const {
    return vectors_ * values_.cwiseInverse().cwiseSqrt().asDiagonal() * vectors_.transpose();
}

Vector symmetric_eigenvalues(const MatrixView& symmetric) {
    return Eigen::SelfAdjointEigenSolver<Matrix>(symmetric, Eigen::EigenvaluesOnly).eigenvalues();
}

SingularValues singular_value_decomposition(const MatrixView& a) {
    const Eigen::JacobiSVD<Matrix> svd(a, Eigen::ComputeFullU | Eigen::ComputeFullV);
    return {svd.matrixU(), svd.singularValues(), svd.matrixV()};
}

SymmetricFactor::SymmetricFactor(const MatrixView& symmetric) : factor_(symmetric) {}

bool SymmetricFactor::is_positive() const {
    return factor_.info() == Eigen::Success && factor_.isPositive();
}

void SymmetricFactor::solve_in_place(Eigen::Ref<Matrix> b) const { factor_.solveInPlace(b); }

Matrix SymmetricFactor::inverse() const {
    return factor_.solve(Matrix::Identity(factor_.rows(), factor_.cols()));
}

Matrix SymmetricFactor::root() const {
    const Vector roots = factor_.vectorD().cwiseMax(0.0).cwiseSqrt();
    const Matrix lower = factor_.matrixL();
    return factor_.transpositionsP().transpose() * Matrix(lower * roots.asDiagonal());
}

CholeskyFactor::CholeskyFactor(const MatrixView& symmetric) {
    const Eigen::LLT<Matrix> factor(symmetric);
    positive_definite_ = factor.info() == Eigen::Success;
    lower_ = factor.matrixL();
}

void CholeskyFactor::solve_in_place(Eigen::Ref<Matrix> b, bool both_halves) const {
    const auto lower = lower_.triangularView<Eigen::Lower>();
    lower.solveInPlace(b);
    if (both_halves) lower.adjoint().solveInPlace(b);
}

Vector least_squares(const MatrixView& x, const Vector& y) {
    return Eigen::ColPivHouseholderQR<Matrix>(x).solve(y);
}

Matrix column_space(const MatrixView& x) {
    const Eigen::ColPivHouseholderQR<Matrix> qr(x);
    return qr.householderQ() * Matrix::Identity(x.rows(), qr.rank());
}

double determinant(const MatrixView& a) { return Matrix(a).determinant(); }

Matrix matrix_inverse(const MatrixView& a) { return Matrix(a).inverse(); }

Matrix solve_square(const MatrixView& a, const MatrixView& b) {
    return Eigen::PartialPivLU<Matrix>(a).solve(b);
}

}  // namespace anamorph
