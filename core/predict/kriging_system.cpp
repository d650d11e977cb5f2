// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/kriging_system.h"

#include <Eigen/Cholesky>
#include <cmath>

#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

/// L⁻¹ b in place.
void solve_lower(const Matrix& factor, Matrix& b) {
    const int n = static_cast<int>(factor.rows()), m = static_cast<int>(b.cols());
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, m, 1.0,
                factor.data(), n, b.data(), n);
}

}  // namespace

std::optional<KrigingSystem> KrigingSystem::of(const ModelState& model, double jitter) {
    KrigingSystem s;
    s.model_ = std::make_shared<ModelState>(model);
    const Points sites = model.standardisation.standardised(model.dataset->coordinates);
    const SiteFeatures features = model.features(sites);
    if (!features.deformed.allFinite()) return std::nullopt;
    s.deformed_ = features.deformed;
    s.nugget_ratio_ = std::exp(model.log_nugget_ratio);
    const Observations data = model.observations();
    const Index n = sites.rows(), q = data.trend.cols();
    try {
        s.factor_.resize(n, n);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory, "Kriging with all " + std::to_string(n) +
                                                  " sites does not fit in memory.");
    }
#pragma omp parallel for schedule(static, 8)
    for (Index j = 0; j < n; ++j) {
        double* column = s.factor_.col(j).data() + j;
        squared_distances(s.deformed_, j, j, n - j, column);
        correlation(model.specification.smoothness, column, n - j, column);
        column[0] = 1.0 + jitter + s.nugget_ratio_ * data.noise_scale(j);
    }
    const int size = static_cast<int>(n);
    int info = 0;
    dpotrf_("L", &size, s.factor_.data(), &size, &info);
    if (info != 0) return std::nullopt;

    const Vector scale = features.log_scale.size() > 0
                             ? Vector((0.5 * features.log_scale.array()).exp())
                             : Vector::Ones(n);
    Matrix half(n, 1 + q);
    half.col(0) = data.values.cwiseQuotient(scale);
    for (Index k = 0; k < q; ++k) half.col(1 + k) = data.trend.col(k).cwiseQuotient(scale);
    solve_lower(s.factor_, half);
    s.half_trend_ = half.rightCols(q);
    Matrix residual = half.leftCols(1);
    if (q > 0) {
        const Eigen::LDLT<Matrix> information(s.half_trend_.transpose() * s.half_trend_);
        if (information.info() != Eigen::Success || !information.isPositive()) return std::nullopt;
        s.beta_ = information.solve(s.half_trend_.transpose() * half.col(0));
        s.trend_factor_inverse_ = information.solve(Matrix::Identity(q, q));
        residual -= s.half_trend_ * s.beta_;
    }
    s.partial_sill_ = residual.squaredNorm() / static_cast<double>(n);
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, size, 1, 1.0,
                s.factor_.data(), size, residual.data(), size);
    s.dual_ = residual;
    if (!s.dual_.allFinite() || !(s.partial_sill_ > 0.0)) return std::nullopt;
    return s;
}

void KrigingSystem::predict(const Points& x, const Matrix& trend, bool of_observation,
                            Vector& mean, Vector& variance) const {
    const SiteFeatures at = model_->features(x);
    const Index m = x.rows(), q = trend.cols();
    const Vector scale = at.log_scale.size() > 0 ? Vector((0.5 * at.log_scale.array()).exp())
                                                 : Vector::Ones(m);
    Matrix rho = cross_correlation(model_->specification.smoothness, deformed_, at.deformed);  // n×m
    mean = (rho.transpose() * dual_).cwiseProduct(scale);
    solve_lower(factor_, rho);
    const double sill = of_observation ? 1.0 + nugget_ratio_ : 1.0;
    variance = (sill - rho.colwise().squaredNorm().array()).transpose();
    if (q > 0) {
        mean += trend * beta_;
        const Matrix h = (trend.array().colwise() / scale.array()).matrix() -
                         rho.transpose() * half_trend_;
        variance += (h * trend_factor_inverse_).cwiseProduct(h).rowwise().sum();
    }
    variance = partial_sill_ * variance.cwiseMax(1e-12).cwiseProduct(scale.cwiseAbs2());
}

}  // namespace anamorph
