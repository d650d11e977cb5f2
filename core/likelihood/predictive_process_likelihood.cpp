// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/predictive_process_likelihood.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/trend_profile.h"
#include "core/predict/predictive_process_kriging.h"

namespace anamorph {

namespace {

/// lower += (B diag(g)) Bᵀ on the lower triangle; g may have either sign. `work` k×count.
void add_weighted_square(const Matrix& b, const Vector& g, Index count, Matrix& work,
                         Matrix& lower) {
    const int k = static_cast<int>(lower.rows());
    for (const double sign : {1.0, -1.0}) {
        Index used = 0;
        for (Index i = 0; i < count; ++i)
            if (sign * g(i) > 0.0) work.col(used++) = std::sqrt(sign * g(i)) * b.col(i);
        if (used > 0)
            cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, k, static_cast<int>(used), sign,
                        work.data(), k, 1.0, lower.data(), k);
    }
}

}  // namespace

PredictiveProcessLikelihood::PredictiveProcessLikelihood(Observations observations,
                                                         PairCovariancePointer covariance,
                                                         Points inducing,
                                                         Options options, double jitter)
    : data_(std::move(observations)),
      covariance_(std::move(covariance)),
      inducing_(std::move(inducing)),
      options_(options),
      jitter_(jitter) {
    const Index n = data_.values.size();
    if (data_.trend.cols() > 0 && data_.trend.rows() != n)
        throw Error(ErrorCode::dimension_mismatch, "The trend matrix has " +
                                                       std::to_string(data_.trend.rows()) +
                                                       " rows for " + std::to_string(n) + " values.");
    if (inducing_.rows() == 0)
        throw Error(ErrorCode::bad_input, "The predictive process needs inducing sites.");
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
}

std::unique_ptr<Likelihood> PredictiveProcessLikelihood::clone() const {
    auto copy = std::make_unique<PredictiveProcessLikelihood>(data_, covariance_, inducing_,
                                                              options_, jitter_);
    copy->fix_partial_sill(fixed_partial_sill_);
    return copy;
}

bool PredictiveProcessLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                           bool gradient, ProfiledValue& out) {
    const Index n = data_.values.size();
    if (features.deformed.rows() != n || !has_inducing_features(features))
        throw Error(ErrorCode::dimension_mismatch,
                    "The predictive process needs the features of its inducing sites.");
    if (!features.deformed.allFinite() || !features.auxiliary.allFinite() ||
        !std::isfinite(log_nugget_ratio))
        return false;
    nugget_ratio_ = std::exp(log_nugget_ratio);
    if (!take_coefficients(features, covariance_) || !site_noise_scale(data_, features, noise_) ||
        !factor_.compute(features, *covariance_, nugget_ratio_, noise_, jitter_, options_.fitc))
        return false;

    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (!solve_trend(out)) return false;
    if (!profile_value(factor_.half_log_determinant, features.log_scale, n, fixed_partial_sill_, out))
        return false;
    if (!gradient) return true;
    contract_gradient(features, out);
    fill_diagonal_terms(features, out);
    return out.d_deformed.allFinite() && out.d_auxiliary.allFinite() && out.d_local.allFinite() &&
           out.d_coefficients.allFinite();
}

bool PredictiveProcessLikelihood::has_inducing_features(const SiteFeatures& features) const {
    return features.auxiliary.rows() == inducing_.rows() &&
           features.auxiliary.cols() == features.deformed.cols() + covariance_->local_count();
}

bool PredictiveProcessLikelihood::solve_trend(ProfiledValue& out) {
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    projected_ = factor_.project(scaled_);
    weights_ = factor_.solve(scaled_, projected_);

    return profile_trend(scaled_, weights_, residual_, dual_, trend_information_inverse_, out);
}

void PredictiveProcessLikelihood::contract_gradient(const SiteFeatures& features,
                                                    ProfiledValue& out) {
    const Points& v = features.auxiliary;
    const Index n = features.deformed.rows(), k = v.rows(), d = features.deformed.cols();
    const auto site_columns = feature_columns(features.deformed, features.local);
    const auto inducing_columns = feature_columns(v, {});
    const auto all = site_columns.size();
    const double sill = out.partial_sill;
    const Vector dual_projection = factor_.sites * dual_;  // A a
    const int threads = omp_get_max_threads();
    const auto each = static_cast<std::size_t>(threads);
    std::vector<Matrix> of_inducing(each, Matrix::Zero(k, v.cols()));
    std::vector<Vector> natural(each, Vector::Zero(covariance_->natural_count()));
    Matrix of_sites = Matrix::Zero(n, v.cols());
    precision_.resize(n);
    Matrix weighted = Matrix::Zero(k, k);  // A diag(G) Aᵀ, FITC
    Matrix w(k, std::min(n, low_rank_panel)), work(w.rows(), w.cols());
    for (Index first = 0; first < n; first += low_rank_panel) {
        const Index count = std::min(low_rank_panel, n - first);
        const auto a = factor_.sites.middleCols(first, count);
        const Vector inverse = factor_.diagonal.segment(first, count).cwiseInverse();
        w.leftCols(count) = a.array().rowwise() * inverse.transpose().array();
        solve_triangular(factor_.capacitance, false, w.data(), count);
        precision_.segment(first, count) =
            inverse - w.leftCols(count).colwise().squaredNorm().transpose();
        solve_triangular(factor_.capacitance, true, w.data(), count);
        // 2AĜ, then ∂/∂K_vu = L⁻ᵀ 2AĜ.
        w.leftCols(count).noalias() -=
            dual_projection * (dual_.segment(first, count) / sill).transpose();
        if (options_.fitc) {
            const Vector g = 0.5 * (precision_.segment(first, count).array() -
                                    dual_.segment(first, count).array().square() / sill);
            w.leftCols(count) -= 2.0 * (a.array().rowwise() * g.transpose().array()).matrix();
            add_weighted_square(a, g, count, work, weighted);
        }
        solve_triangular(factor_.inducing, true, w.data(), count);
#pragma omp parallel num_threads(threads)
        {
            const auto thread = static_cast<std::size_t>(omp_get_thread_num());
            std::vector<const double*> own(all);
            std::vector<double*> d_own(all), d_inducing(all);
            for (std::size_t f = 0; f < all; ++f)
                d_inducing[f] = of_inducing[thread].col(static_cast<Index>(f)).data();
#pragma omp for schedule(static)
            for (Index i = 0; i < count; ++i) {
                for (std::size_t f = 0; f < all; ++f) {
                    own[f] = site_columns[f] + first + i;
                    d_own[f] = of_sites.col(static_cast<Index>(f)).data() + first + i;
                }
                covariance_->pull_back({own.data(), inducing_columns.data(), k, 1, static_cast<int>(all)},
                                       w.col(i).data(), d_own.data(), d_inducing.data(),
                                       natural[thread].data());
            }
        }
    }
    for (std::size_t t = 1; t < each; ++t) {
        of_inducing[0] += of_inducing[t];
        natural[0] += natural[t];
    }
    contract_inducing(v, inducing_weights(weighted, dual_projection, sill), of_inducing[0], natural[0]);
    out.d_auxiliary = of_inducing[0];
    out.d_deformed = of_sites.leftCols(d);
    out.d_local = of_sites.rightCols(v.cols() - d);
    out.d_coefficients = covariance_->by_coefficients(natural[0]);
}

/// Adds Σ weights ∘ ∂K_vv; each pair stands in the sum twice, as (i, j) and (j, i).
void PredictiveProcessLikelihood::contract_inducing(const Points& v, const Matrix& weights,
                                                    Matrix& d_inducing, Vector& d_natural) const {
    const Index k = v.rows();
    const auto columns = feature_columns(v, {});
    const auto all = columns.size();
    std::vector<const double*> own(all), others(all);
    std::vector<double*> d_own(all), d_others(all);
    Vector w(k);
    for (Index j = 0; j + 1 < k; ++j) {
        for (std::size_t f = 0; f < all; ++f) {
            own[f] = columns[f] + j;
            others[f] = own[f] + 1;
            d_own[f] = d_inducing.col(static_cast<Index>(f)).data() + j;
            d_others[f] = d_own[f] + 1;
        }
        const Index count = k - j - 1;
        w.head(count) = 2.0 * weights.col(j).tail(count);
        covariance_->pull_back({own.data(), others.data(), count, 1, static_cast<int>(all)}, w.data(),
                               d_own.data(), d_others.data(), d_natural.data());
    }
}

/// ∂/∂K_vv = −L⁻ᵀ(AĜAᵀ)L⁻¹ with AĜAᵀ = ½(I − M⁻¹ − (Aa)(Aa)ᵀ/σ²) − A diag(G) Aᵀ; k×k, symmetric.
Matrix PredictiveProcessLikelihood::inducing_weights(const Matrix& weighted,
                                                     const Vector& dual_projection,
                                                     double sill) const {
    const Index k = weighted.rows();
    const int size = static_cast<int>(k);
    Matrix inverse = factor_.capacitance;
    int info = 0;
    dpotri_("L", &size, inverse.data(), &size, &info);
    Matrix x = inverse.selfadjointView<Eigen::Lower>();
    x = 0.5 * (Matrix::Identity(k, k) - x - dual_projection * dual_projection.transpose() / sill);
    x -= Matrix(weighted.selfadjointView<Eigen::Lower>());
    solve_triangular(factor_.inducing, true, x.data(), k);
    x.transposeInPlace();
    solve_triangular(factor_.inducing, true, x.data(), k);
    return -x;
}

void PredictiveProcessLikelihood::fill_diagonal_terms(const SiteFeatures& features,
                                                      ProfiledValue& out) const {
    const double sill = out.partial_sill;
    const Index q = data_.trend.cols();
    const Vector d_noise = 0.5 * nugget_ratio_ *
                           (precision_.array() - dual_.array().square() / sill) * noise_.array();
    out.d_log_nugget_ratio = d_noise.sum();
    if (features.log_noise.size() > 0)
        out.d_log_noise = d_noise;
    else
        out.d_log_noise.resize(0);
    if (features.log_scale.size() > 0)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / sill;
    else
        out.d_log_scale.resize(0);
    Vector precision = precision_;
    if (q > 0) {
        const auto w = weights_.rightCols(q);
        precision -= (w * trend_information_inverse_).cwiseProduct(w).rowwise().sum();
    }
    precision = precision.cwiseMax(1e-300);
    out.leave_one_out_residual = dual_.array() / (precision.array() * sill).sqrt();
    out.leave_one_out_variance = sill * scale_.array().square() / precision.array();
}

std::unique_ptr<const KrigingSystem> PredictiveProcessLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    if (!has_inducing_features(features))
        throw Error(ErrorCode::dimension_mismatch,
                    "The predictive process needs the features of its inducing sites.");
    PairCovariancePointer covariance = covariance_;
    if (!take_coefficients(features, covariance)) return nullptr;
    return PredictiveProcessKriging::of(data_, features, covariance, std::exp(log_nugget_ratio),
                                        jitter_, fixed_partial_sill_, options_.fitc);
}

}  // namespace anamorph
