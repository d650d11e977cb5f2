// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/exact_likelihood.h"

#include <cmath>

#include "core/base/error.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/covariance/vector_exp.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/trend_profile.h"
#include "core/predict/global_kriging.h"

namespace anamorph {

namespace {

/// w ← c⁻¹ − a aⱼ/σ² for one column below the diagonal.
ANAMORPH_SIMD_CLONES
void pair_weights(const double* inverse, const double* dual, double dual_j_over_sill, Index count,
                  double* w) {
#pragma omp simd
    for (Index i = 0; i < count; ++i) w[i] = inverse[i] - dual[i] * dual_j_over_sill;
}

}  // namespace

ExactLikelihood::ExactLikelihood(Observations observations, Smoothness smoothness, double jitter)
    : ExactLikelihood(std::move(observations), matern_covariance(smoothness), jitter) {}

ExactLikelihood::ExactLikelihood(Observations observations, PairCovariancePointer covariance,
                                 double jitter)
    : data_(std::move(observations)), covariance_(std::move(covariance)), jitter_(jitter) {
    const Index n = data_.values.size();
    if (data_.trend.rows() != n && data_.trend.cols() > 0)
        throw Error(ErrorCode::dimension_mismatch, "The trend matrix has " +
                                                       std::to_string(data_.trend.rows()) +
                                                       " rows for " + std::to_string(n) + " values.");
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
    try {
        matrix_.resize(n, n);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "The exact likelihood of " + std::to_string(n) + " sites needs " +
                        std::to_string(n * n / 125'000'000 + 1) + " GB in one piece.",
                    "Fit a subset of the sites.");
    }
}

std::unique_ptr<Likelihood> ExactLikelihood::clone() const {
    auto copy = std::make_unique<ExactLikelihood>(data_, covariance_, jitter_);
    copy->fix_partial_sill(fixed_partial_sill_);
    return copy;
}

bool ExactLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                               bool gradient, ProfiledValue& out) {
    const Index n = data_.values.size();
    const int size = static_cast<int>(n);
    if (!features.deformed.allFinite() || !std::isfinite(log_nugget_ratio)) return false;
    if (!site_noise_scale(data_, features, noise_) || !take_coefficients(features, covariance_))
        return false;
    nugget_ratio_ = std::exp(log_nugget_ratio);
    assemble_lower(*covariance_, features, matrix_);
    matrix_.diagonal() = (1.0 + jitter_ + nugget_ratio_ * noise_.array()).matrix();

    int info = 0;
    dpotrf_("L", &size, matrix_.data(), &size, &info);
    if (info != 0) return false;
    const double half_log_det = matrix_.diagonal().array().log().sum();

    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (!solve_trend(out)) return false;
    if (!profile_value(half_log_det, features.log_scale, n, fixed_partial_sill_, out))
        return false;
    if (!gradient) return true;

    dpotri_("L", &size, matrix_.data(), &size, &info);
    if (info != 0) return false;
    contract_gradient(features, out);
    leave_one_out(out);
    return out.d_deformed.allFinite();
}

bool ExactLikelihood::solve_trend(ProfiledValue& out) {
    const Index n = data_.values.size(), q = data_.trend.cols();
    const int size = static_cast<int>(n), columns = static_cast<int>(1 + q);
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    weights_ = scaled_;
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size, columns, 1.0,
                matrix_.data(), size, weights_.data(), size);
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, size, columns, 1.0,
                matrix_.data(), size, weights_.data(), size);

    return profile_trend(scaled_, weights_, residual_, dual_, trend_information_inverse_, out);
}

void ExactLikelihood::contract_gradient(const SiteFeatures& features, ProfiledValue& out) const {
    const Index n = features.deformed.rows();
    const double sill = out.partial_sill;
    contract_pairs(
        *covariance_, features,
        [&](Index j, double* w) {
            pair_weights(matrix_.col(j).data() + j + 1, dual_.data() + j + 1, dual_(j) / sill,
                         n - j - 1, w);
        },
        out.d_deformed, out.d_local, out.d_coefficients);

    const Vector d_noise = 0.5 * nugget_ratio_ *
                           (matrix_.diagonal().array() - dual_.array().square() / sill) *
                           noise_.array();
    out.d_log_nugget_ratio = d_noise.sum();
    if (features.log_noise.size() > 0)
        out.d_log_noise = d_noise;
    else
        out.d_log_noise.resize(0);
    if (features.log_scale.size() > 0)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / sill;
    else
        out.d_log_scale.resize(0);
}

void ExactLikelihood::leave_one_out(ProfiledValue& out) const {
    const Index q = data_.trend.cols();
    Vector precision = matrix_.diagonal();
    if (q > 0) {
        const auto w = weights_.rightCols(q);
        precision -= (w * trend_information_inverse_).cwiseProduct(w).rowwise().sum();
    }
    precision = precision.cwiseMax(1e-300);
    out.leave_one_out_residual =
        dual_.array() / (precision.array() * out.partial_sill).sqrt();
    out.leave_one_out_variance = out.partial_sill * scale_.array().square() / precision.array();
}

std::unique_ptr<const KrigingSystem> ExactLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    return GlobalKriging::of(data_, features, covariance_, std::exp(log_nugget_ratio), jitter_,
                             fixed_partial_sill_);
}

}  // namespace anamorph
