// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/predictive_process_kriging.h"

#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/low_rank_factor.h"

namespace anamorph {

std::unique_ptr<const PredictiveProcessKriging> PredictiveProcessKriging::of(
    const Observations& data, const SiteFeatures& features, PairCovariancePointer covariance,
    double nugget_ratio, double jitter, double fixed_partial_sill, bool fitc) {
    if (!features.deformed.allFinite() || !features.auxiliary.allFinite() ||
        !std::isfinite(nugget_ratio))
        return nullptr;
    const Index n = data.values.size(), q = data.trend.cols();
    Vector noise;
    if (!site_noise_scale(data, features, noise)) return nullptr;
    LowRankFactor factor;
    if (!factor.compute(features, *covariance, nugget_ratio, noise, jitter, fitc)) return nullptr;
    std::unique_ptr<PredictiveProcessKriging> made(new PredictiveProcessKriging);
    PredictiveProcessKriging& s = *made;
    s.covariance_ = std::move(covariance);
    s.fitc_ = fitc;
    const Index d = features.deformed.cols();
    s.inducing_ = features.auxiliary.leftCols(d);
    s.inducing_local_ = features.auxiliary.rightCols(features.auxiliary.cols() - d);
    s.nugget_ratio_ = nugget_ratio;

    const Vector scale = half_log_scale(features);
    Matrix scaled(n, 1 + q);
    scaled.col(0) = data.values.cwiseQuotient(scale);
    for (Index k = 0; k < q; ++k) scaled.col(1 + k) = data.trend.col(k).cwiseQuotient(scale);
    const Matrix projected = factor.project(scaled);
    const Matrix dual = factor.solve(scaled, projected);
    s.weights_ = projected.col(0);
    s.trend_projection_ = projected.rightCols(q);
    Vector residual = scaled.col(0), residual_dual = dual.col(0);
    if (q > 0) {
        const SymmetricFactor information(scaled.rightCols(q).transpose() * dual.rightCols(q));
        if (!information.is_positive()) return nullptr;
        s.beta_ = information.solve(dual.rightCols(q).transpose() * scaled.col(0));
        s.trend_information_inverse_ = information.inverse();
        s.weights_ -= s.trend_projection_ * s.beta_;
        residual -= scaled.rightCols(q) * s.beta_;
        residual_dual -= dual.rightCols(q) * s.beta_;
    }
    s.partial_sill_ = fixed_partial_sill > 0.0
                          ? fixed_partial_sill
                          : residual.dot(residual_dual) / static_cast<double>(n);
    if (!s.weights_.allFinite() || !(s.partial_sill_ > 0.0)) return nullptr;
    s.inducing_factor_ = std::move(factor.inducing);
    s.capacitance_factor_ = std::move(factor.capacitance);
    return made;
}

Matrix PredictiveProcessKriging::half_correlation(const SiteFeatures& at, Index first,
                                                  Index count) const {
    const Matrix local = at.local.cols() > 0 ? Matrix(at.local.middleRows(first, count)) : Matrix(count, 0);
    Matrix a = cross_correlation(*covariance_, inducing_, inducing_local_,
                                 at.deformed.middleRows(first, count), local);
    solve_triangular(inducing_factor_, false, a.data(), count);
    return a;
}

void PredictiveProcessKriging::predict(const SiteFeatures& at, const Matrix& trend,
                                       bool of_observation, Vector& mean,
                                       Vector& variance) const {
    const Index m = at.deformed.rows(), q = beta_.size();
    const Vector scale = half_log_scale(at);
    mean.resize(m);
    variance = of_observation ? Vector(nugget_ratio_ * half_log_noise(at).cwiseAbs2()) : Vector::Zero(m);
    for (Index first = 0; first < m; first += low_rank_panel) {
        const Index count = std::min(low_rank_panel, m - first);
        Matrix a = half_correlation(at, first, count);
        mean.segment(first, count).noalias() = a.transpose() * weights_;
        auto v = variance.segment(first, count);
        if (fitc_) v.array() += (1.0 - a.colwise().squaredNorm().transpose().array()).max(0.0);
        if (q > 0) {
            const Matrix h = (trend.middleRows(first, count).array().colwise() /
                              scale.segment(first, count).array())
                                 .matrix() -
                             a.transpose() * trend_projection_;
            v += (h * trend_information_inverse_).cwiseProduct(h).rowwise().sum();
        }
        solve_triangular(capacitance_factor_, false, a.data(), count);
        v += a.colwise().squaredNorm().transpose();
    }
    mean.array() *= scale.array();
    if (q > 0) mean += trend * beta_;
    variance = partial_sill_ * variance.cwiseMax(1e-12).cwiseProduct(scale.cwiseAbs2());
}

Matrix PredictiveProcessKriging::draw(const SiteFeatures& at, const Matrix& trend,
                                      const DrawOptions& options, const ProgressObserver& progress,
                                      std::stop_token stop) const {
    const Index m = at.deformed.rows(), q = beta_.size(), k = inducing_.rows();
    ProgressMeter meter(progress, "Conditional simulation");
    RandomStream random(options.seed);
    const double sd = std::sqrt(partial_sill_);

    // Of the posterior: β, then the inducing sites' weights given β.
    Matrix weights(k, options.count), beta(q, options.count);
    for (int c = 0; c < options.count; ++c) weights.col(c) = sd * random.normals(k);
    solve_triangular(capacitance_factor_, true, weights.data(), options.count);
    weights.colwise() += weights_;
    if (q > 0) {
        const Matrix root = CholeskyFactor(trend_information_inverse_).lower();
        for (int c = 0; c < options.count; ++c) beta.col(c) = sd * (root * random.normals(q));
        weights -= trend_projection_ * beta;
        beta.colwise() += beta_;
    }

    const Vector scale = half_log_scale(at);
    const Vector noise_sd = half_log_noise(at);
    Matrix draws(m, options.count);
    for (Index first = 0; first < m; first += low_rank_panel) {
        throw_if_cancelled(stop);
        const Index count = std::min(low_rank_panel, m - first);
        const Matrix a = half_correlation(at, first, count);
        Vector rest = options.of_observation
                          ? Vector(nugget_ratio_ * noise_sd.segment(first, count).cwiseAbs2())
                          : Vector::Zero(count);
        if (fitc_) rest.array() += (1.0 - a.colwise().squaredNorm().transpose().array()).max(0.0);
        const Vector rest_sd = sd * rest.cwiseSqrt();
        auto part = draws.middleRows(first, count);
        part.noalias() = a.transpose() * weights;
        for (int c = 0; c < options.count; ++c)
            part.col(c) += rest_sd.cwiseProduct(random.normals(count));
        part.array().colwise() *= scale.segment(first, count).array();
        if (q > 0) part += trend.middleRows(first, count) * beta;
        meter.report(static_cast<double>(first + count) / static_cast<double>(m));
    }
    return draws;
}

}  // namespace anamorph
