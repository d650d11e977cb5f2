// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/latent_vecchia_likelihood.h"
#include "core/likelihood/trend_profile.h"

#include <cmath>

#include "core/base/error.h"
#include "core/likelihood/feature_terms.h"
#include "core/predict/latent_kriging.h"

namespace anamorph {

LatentVecchiaLikelihood::LatentVecchiaLikelihood(Observations observations,
                                                 PairCovariancePointer covariance,
                                                 const LikelihoodOptions& options,
                                                 const Points& sites, double jitter)
    : data_(std::move(observations)),
      covariance_(std::move(covariance)),
      options_(options),
      sites_(std::make_shared<const Points>(sites)),
      jitter_(jitter) {
    const Index n = data_.values.size();
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
    if (sites.rows() != n || data_.trend.rows() != n || data_.noise_scale.size() != n)
        throw Error(ErrorCode::dimension_mismatch, "Sites, values, trend and weights differ in number.");
}

LatentVecchiaLikelihood::LatentVecchiaLikelihood(const LatentVecchiaLikelihood& other)
    : Likelihood(other),
      data_(other.data_),
      covariance_(other.covariance_),
      options_(other.options_),
      sites_(other.sites_),
      jitter_(other.jitter_),
      conditionals_(other.conditionals_),
      cholesky_(other.cholesky_) {}

std::unique_ptr<Likelihood> LatentVecchiaLikelihood::clone() const {
    return std::unique_ptr<Likelihood>(new LatentVecchiaLikelihood(*this));
}

void LatentVecchiaLikelihood::fix_conditioning(std::shared_ptr<const ConditioningSets> sets) {
    if (!sets || (conditionals_ && conditionals_->sets() == sets)) return;
    if (static_cast<Index>(sets->order.size()) != data_.values.size())
        throw Error(ErrorCode::dimension_mismatch, "The conditioning sets belong to other sites.");
    auto made = std::make_shared<const LatentConditionals>(std::move(sets));
    SparseCholesky analysed(made->pattern());
    check_factor_size(analysed, "Use fewer neighbours, or the response form.");
    conditionals_ = std::move(made);
    cholesky_.emplace(std::move(analysed));
}

std::shared_ptr<const ConditioningSets> LatentVecchiaLikelihood::conditioning(
    const SiteFeatures& features) {
    if (!conditionals_) fix_conditioning(conditioning_sets(*sites_, features.deformed, options_));
    return conditionals_->sets();
}

bool LatentVecchiaLikelihood::factorise(const SiteFeatures& features, double nugget_ratio) {
    Vector noise;
    if (!site_noise_scale(data_, features, noise)) return false;
    precision_ = (nugget_ratio * noise.array()).inverse();
    if (!precision_.allFinite() || !(precision_.minCoeff() > 0.0)) return false;
    if (!take_coefficients(features, covariance_) ||
        !conditionals_->weights(features, *covariance_, jitter_, conditional_weights_, half_log_determinant_))
        return false;
    Vector w = conditionals_->precision(conditional_weights_);
    const SymmetricPattern& pattern = *conditionals_->pattern();
    for (Index j = 0; j < pattern.size; ++j)
        w(pattern.column_start[static_cast<std::size_t>(j)]) += precision_(j);
    return cholesky_->factorise(w);
}

bool LatentVecchiaLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                       bool gradient, ProfiledValue& out) {
    const Index n = data_.values.size();
    if (!features.deformed.allFinite() || !std::isfinite(log_nugget_ratio)) return false;
    (void)conditioning(features);
    if (!factorise(features, std::exp(log_nugget_ratio))) return false;
    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (!solve_trend(out)) return false;

    const double half_log_det = 0.5 * cholesky_->log_determinant() - half_log_determinant_ -
                                0.5 * precision_.array().log().sum();
    if (!profile_value(half_log_det, features.log_scale, n, fixed_partial_sill_, out))
        return false;
    return !gradient || fill_gradient(features, out);
}

bool LatentVecchiaLikelihood::solve_trend(ProfiledValue& out) {
    const Index q = data_.trend.cols();
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    missed_ = conditionals_->multiply(conditional_weights_, scaled_);
    cholesky_->solve(missed_);
    weights_ = precision_.asDiagonal() * missed_;

    if (!profile_trend(scaled_, weights_, residual_, dual_, trend_information_inverse_, out))
        return false;
    latent_mean_ = scaled_.col(0) - missed_.col(0);
    if (q > 0) latent_mean_ -= (scaled_ - missed_).rightCols(q) * out.trend_coefficients;
    return true;
}

bool LatentVecchiaLikelihood::fill_gradient(const SiteFeatures& features, ProfiledValue& out) {
    const Index q = data_.trend.cols();
    const double sill = out.partial_sill;
    cholesky_->compute_selected_inverse();
    const Vector s = cholesky_->inverse_on_pattern(), variance = cholesky_->inverse_diagonal();
    Matrix d_features;
    Vector d_natural;
    if (!conditionals_->expected_gradient(features, *covariance_, jitter_, conditional_weights_, s,
                                          latent_mean_ / std::sqrt(sill), d_features, d_natural))
        return false;
    out.d_deformed = d_features.leftCols(features.deformed.cols());
    out.d_local = d_features.rightCols(features.local.cols());
    out.d_coefficients = covariance_->by_coefficients(d_natural);
    // The noise given the field: ½ log(η noise) + (yᵢ − Yᵢ)²/(2σ² η noise), y − μ = Λ⁻¹C⁻¹y.
    const Eigen::ArrayXd noise_share =
        dual_.array().square() / (sill * precision_.array()) + precision_.array() * variance.array();
    out.d_log_nugget_ratio = 0.5 * (1.0 - noise_share).sum();
    if (features.log_noise.size() > 0)
        out.d_log_noise = 0.5 * (1.0 - noise_share);
    else
        out.d_log_noise.resize(0);
    if (features.log_scale.size() > 0)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / sill;
    else
        out.d_log_scale.resize(0);
    out.d_auxiliary.resize(0, features.deformed.cols());

    // Diagonal of C⁻¹ = Λ − ΛW⁻¹Λ, less what the estimate of β takes (Dubrule 1983).
    Vector precision = precision_.array() * (1.0 - precision_.array() * variance.array());
    if (q > 0) {
        const auto w = weights_.rightCols(q);
        precision -= (w * trend_information_inverse_).cwiseProduct(w).rowwise().sum();
    }
    precision = precision.cwiseMax(1e-300);
    out.leave_one_out_residual = dual_.array() / (precision.array() * sill).sqrt();
    out.leave_one_out_variance = sill * scale_.array().square() / precision.array();
    return true;
}

std::unique_ptr<const KrigingSystem> LatentVecchiaLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    LatentVecchiaLikelihood own(*this);
    own.fix_partial_sill(fixed_partial_sill_);
    ProfiledValue at;
    if (!own.evaluate(features, log_nugget_ratio, false, at)) return nullptr;
    LatentPosterior posterior;
    posterior.covariance = own.covariance_;
    posterior.neighbours = options_.neighbours;
    posterior.jitter = jitter_;
    posterior.nugget_ratio = std::exp(log_nugget_ratio);
    posterior.partial_sill = at.partial_sill;
    posterior.trend_coefficients = at.trend_coefficients;
    posterior.trend_information_inverse = own.trend_information_inverse_;
    posterior.mean = own.latent_mean_;
    posterior.trend_seen = (own.scaled_ - own.missed_).rightCols(data_.trend.cols());
    posterior.precision = std::make_shared<const SparseCholesky>(std::move(*own.cholesky_));
    return std::make_unique<LatentKriging>(features, std::move(posterior));
}

}  // namespace anamorph
