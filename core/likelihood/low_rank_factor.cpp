// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/low_rank_factor.h"

#include <algorithm>
#include <cmath>

#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

constexpr double inducing_jitter = 1e-8;

bool factorise(Matrix& a) {
    const int k = static_cast<int>(a.rows());
    int info = 0;
    dpotrf_("L", &k, a.data(), &k, &info);
    return info == 0;
}

}  // namespace

void solve_triangular(const Matrix& lower, bool transposed, double* b, Index columns) {
    const int k = static_cast<int>(lower.rows());
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans,
                CblasNonUnit, k, static_cast<int>(columns), 1.0, lower.data(), k, b, k);
}

bool LowRankFactor::compute(const SiteFeatures& features, const PairCovariance& covariance,
                            double nugget_ratio, const Vector& noise_scale, double jitter, bool fitc) {
    const Index n = features.deformed.rows(), k = features.auxiliary.rows();
    const Points at = features.auxiliary.leftCols(features.deformed.cols());
    const Matrix local = features.auxiliary.rightCols(features.auxiliary.cols() - at.cols());
    inducing = cross_correlation(covariance, at, local, at, local);
    inducing.diagonal().array() = 1.0 + inducing_jitter;
    if (!factorise(inducing)) return false;

    sites = cross_correlation(covariance, at, local, features.deformed, features.local);
    diagonal = nugget_ratio * noise_scale.array() + jitter;
    capacitance = Matrix::Identity(k, k);
    Matrix scaled(k, std::min(n, low_rank_panel));
    for (Index first = 0; first < n; first += low_rank_panel) {
        const Index count = std::min(low_rank_panel, n - first);
        auto a = sites.middleCols(first, count);
        solve_triangular(inducing, false, sites.col(first).data(), count);
        auto d = diagonal.segment(first, count);
        if (fitc)
            d.array() += (1.0 - a.colwise().squaredNorm().transpose().array()).max(0.0);
        if (!(d.minCoeff() > 0.0)) return false;
        scaled.leftCols(count) = a.array().rowwise() / d.transpose().array().sqrt();
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, static_cast<int>(k),
                    static_cast<int>(count), 1.0, scaled.data(), static_cast<int>(k), 1.0,
                    capacitance.data(), static_cast<int>(k));
    }
    if (!factorise(capacitance)) return false;
    half_log_determinant =
        0.5 * diagonal.array().log().sum() + capacitance.diagonal().array().log().sum();
    return std::isfinite(half_log_determinant);
}

Matrix LowRankFactor::project(const Matrix& b) const {
    Matrix p = sites * (b.array().colwise() / diagonal.array()).matrix();
    solve_triangular(capacitance, false, p.data(), p.cols());
    solve_triangular(capacitance, true, p.data(), p.cols());
    return p;
}

Matrix LowRankFactor::solve(const Matrix& b, const Matrix& projected) const {
    Matrix x = b;
    x.noalias() -= sites.transpose() * projected;
    x.array().colwise() /= diagonal.array();
    return x;
}

}  // namespace anamorph
