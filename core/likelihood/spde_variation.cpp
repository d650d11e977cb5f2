// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/spde_variation.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/likelihood/spde_precision.h"

namespace anamorph {

namespace {

std::vector<int> basis_sizes(int d, int size) {
    std::vector<int> sizes(static_cast<std::size_t>(d), size);
    if (d == 3) sizes[2] = std::max(2, size / 2);
    return sizes;
}

Index field_count(int d) { return d * (d + 1) / 2; }  // log κ in place of the trace

/// S from its free entries: the diagonal but its last, which makes the trace zero, and the entries
/// below it, in the order 00, 10, 11, ….
template <int D>
Eigen::Matrix<double, D, D> traceless(const double* entries) {
    Eigen::Matrix<double, D, D> s = Eigen::Matrix<double, D, D>::Zero();
    for (int r = 0, k = 0; r < D; ++r)
        for (int c = 0; c <= r; ++c) {
            if (r == D - 1 && c == r) continue;
            s(r, c) = s(c, r) = entries[k++];
        }
    s(D - 1, D - 1) = -s.trace();
    return s;
}

/// exp S and, where wanted, the gradient with respect to the free entries of S of a function whose
/// derivatives with respect to the entries of exp S are `d_exp` (the lower triangle's; those off
/// the diagonal stand for both). Daleckii and Krein: in S's eigenbasis the derivative multiplies
/// entry (i, j) by the divided difference of exp.
template <int D>
struct Exponential {
    Eigen::Matrix<double, D, D> vectors, value;
    Eigen::Matrix<double, D, 1> eigenvalues;

    explicit Exponential(const Eigen::Matrix<double, D, D>& s) {
        Eigen::SelfAdjointEigenSolver<Eigen::Matrix<double, D, D>> eigen(s);
        vectors = eigen.eigenvectors();
        eigenvalues = eigen.eigenvalues();
        value = vectors * eigenvalues.array().exp().matrix().asDiagonal() * vectors.transpose();
    }

    void pull_back(const Eigen::Matrix<double, D, D>& d_exp, double* d_entries) const {
        Eigen::Matrix<double, D, D> inner = vectors.transpose() * d_exp * vectors;
        for (int i = 0; i < D; ++i)
            for (int j = 0; j < D; ++j) {
                const double half = 0.5 * (eigenvalues(i) - eigenvalues(j));
                const double ratio = std::abs(half) < 1e-4 ? 1.0 + half * half / 6.0 : std::sinh(half) / half;
                inner(i, j) *= std::exp(0.5 * (eigenvalues(i) + eigenvalues(j))) * ratio;
            }
        const Eigen::Matrix<double, D, D> d_s = vectors * inner * vectors.transpose();
        for (int r = 0, k = 0; r < D; ++r)
            for (int c = 0; c <= r; ++c) {
                if (r == D - 1 && c == r) continue;
                d_entries[k++] = r == c ? d_s(r, r) - d_s(D - 1, D - 1) : d_s(r, c) + d_s(c, r);
            }
    }
};

/// H of each row of `entries` (points × free entries of S) to columns of `out`.
template <int D>
void diffusion_of(const Matrix& entries, Matrix& out) {
    out.resize(D * (D + 1) / 2, entries.rows());
    for (Index e = 0; e < entries.rows(); ++e) {
        const Vector free = entries.row(e).transpose();
        const Exponential<D> h(traceless<D>(free.data()));
        for (int r = 0, k = 0; r < D; ++r)
            for (int c = 0; c <= r; ++c, ++k) out(k, e) = h.value(r, c);
    }
}

template <int D>
void diffusion_pull_back(const Matrix& entries, const Matrix& d_diffusion, Matrix& d_entries) {
    for (Index e = 0; e < entries.rows(); ++e) {
        const Vector free = entries.row(e).transpose();
        const Exponential<D> h(traceless<D>(free.data()));
        Eigen::Matrix<double, D, D> d_h;
        for (int r = 0, k = 0; r < D; ++r)
            for (int c = 0; c <= r; ++c, ++k)
                d_h(r, c) = d_h(c, r) = d_diffusion(k, e) * (r == c ? 1.0 : 0.5);
        Vector d_free(entries.cols());
        h.pull_back(d_h, d_free.data());
        d_entries.row(e) = d_free.transpose();
    }
}

void diffusion(int d, const Matrix& entries, Matrix& out) {
    if (d == 1) out = Matrix::Ones(1, entries.rows());
    if (d == 2) diffusion_of<2>(entries, out);
    if (d == 3) diffusion_of<3>(entries, out);
}

}  // namespace

SpdeVariation::SpdeVariation(int size, int alpha, const Points& centroids, const Points& vertices)
    : dimension_(static_cast<int>(centroids.cols())),
      fields_(field_count(dimension_)),
      smoothness_(smoothness_value(spde_smoothness(alpha, dimension_))),
      log_unit_tau_(std::log(spde_unit_tau(alpha, dimension_))),
      basis_(basis_sizes(dimension_, size)),
      at_centroids_(basis_.values(centroids)),
      at_vertices_(basis_.values(vertices)) {}

Index SpdeVariation::parameter_count(int size, int dimension) {
    if (size == 0) return 0;
    Index count = field_count(dimension);
    for (int m : basis_sizes(dimension, size)) count *= m;
    return count;
}

void SpdeVariation::evaluate(const Vector& weights, ElementCoefficients& coefficients,
                             Vector& log_tau) const {
    const auto w = weights.reshaped(basis_.count(), fields_);
    const Matrix fields = at_centroids_ * w;
    coefficients.kappa_squared = (2.0 * fields.col(0).array()).exp();
    diffusion(dimension_, fields.rightCols(fields_ - 1), coefficients.diffusion);
    log_tau = log_unit_tau_ - smoothness_ * (at_vertices_ * w.col(0)).array();
}

Vector SpdeVariation::pull_back(const Vector& weights, const ElementCoefficients& d_coefficients,
                                const Vector& d_log_tau) const {
    const Matrix fields = at_centroids_ * weights.reshaped(basis_.count(), fields_);
    Matrix d_fields(fields.rows(), fields_);
    d_fields.col(0) = 2.0 * d_coefficients.kappa_squared.array() * (2.0 * fields.col(0).array()).exp();
    if (dimension_ > 1) {
        Matrix d_entries(fields.rows(), fields_ - 1);
        if (dimension_ == 2)
            diffusion_pull_back<2>(fields.rightCols(fields_ - 1), d_coefficients.diffusion, d_entries);
        else
            diffusion_pull_back<3>(fields.rightCols(fields_ - 1), d_coefficients.diffusion, d_entries);
        d_fields.rightCols(fields_ - 1) = d_entries;
    }
    Matrix d_weights = at_centroids_.transpose() * d_fields;
    d_weights.col(0) -= smoothness_ * (at_vertices_.transpose() * d_log_tau);
    return d_weights.reshaped();
}

Matrix SpdeVariation::fields_at(int size, const Vector& weights, const Points& points) {
    const auto d = static_cast<int>(points.cols());
    const GaussianBasis basis(basis_sizes(d, size));
    const Matrix fields = basis.values(points) * weights.reshaped(basis.count(), field_count(d));
    Matrix h;
    diffusion(d, fields.rightCols(fields.cols() - 1), h);
    Matrix out(points.rows(), 1 + h.rows());
    out.col(0) = fields.col(0);
    out.rightCols(h.rows()) = h.transpose();
    return out;
}

}  // namespace anamorph
