// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/extended_space_likelihood.h"

#include "core/base/error.h"
#include "core/likelihood/make_likelihood.h"
#include "core/predict/extended_space_kriging.h"

namespace anamorph {

std::shared_ptr<const CovariateCovariance> at_coefficients(
    const std::shared_ptr<const CovariateCovariance>& covariance, const Vector& coefficients) {
    if (coefficients.size() == 0) return covariance;
    return std::dynamic_pointer_cast<const CovariateCovariance>(covariance->with(coefficients));
}

SiteFeatures in_extended_space(const CovariateCovariance& covariance, const SiteFeatures& features) {
    SiteFeatures extended = features;
    extended.deformed = covariance.extended(features.deformed, features.local);
    extended.local.resize(extended.deformed.rows(), 0);
    extended.geographic.resize(0, 0);
    extended.coefficients = covariance.coefficients().head(covariance.coefficient_count() -
                                                           covariance.local_count());
    return extended;
}

ExtendedSpaceLikelihood::ExtendedSpaceLikelihood(Observations observations,
                                                 std::shared_ptr<const CovariateCovariance> covariance,
                                                 const LikelihoodOptions& options, const Points& sites,
                                                 double jitter)
    : data_(std::move(observations)),
      covariance_(std::move(covariance)),
      options_(options),
      sites_(std::make_shared<const Points>(sites)),
      jitter_(jitter) {}

ExtendedSpaceLikelihood::ExtendedSpaceLikelihood(const ExtendedSpaceLikelihood& o)
    : Likelihood(o),
      data_(o.data_),
      covariance_(o.covariance_),
      options_(o.options_),
      sites_(o.sites_),
      jitter_(o.jitter_),
      inner_(o.inner_ ? o.inner_->clone() : nullptr),
      sets_(o.sets_),
      terms_(o.terms_),
      whole_(o.whole_) {}

std::unique_ptr<Likelihood> ExtendedSpaceLikelihood::clone() const {
    return std::unique_ptr<Likelihood>(new ExtendedSpaceLikelihood(*this));
}

bool ExtendedSpaceLikelihood::extend(const SiteFeatures& features, SiteFeatures& extended) const {
    if (!features.coefficients.allFinite() || !features.local.allFinite()) return false;
    extended = in_extended_space(*at_coefficients(covariance_, features.coefficients), features);
    return extended.deformed.allFinite();
}

std::unique_ptr<Likelihood> ExtendedSpaceLikelihood::made(const SiteFeatures& features) const {
    if (features.local.rows() != sites_->rows())
        throw Error(ErrorCode::dimension_mismatch, "The covariates of the sites are missing.");
    Points sites(sites_->rows(), sites_->cols() + features.local.cols());
    sites << *sites_, features.local;
    auto inner = make_likelihood(data_, covariance_->in_extended_space(), options_, sites, jitter_);
    inner->fix_conditioning(sets_);
    if (!terms_.empty()) inner->restrict_to_terms(terms_, whole_);
    inner->fix_partial_sill(fixed_partial_sill_);
    return inner;
}

Likelihood& ExtendedSpaceLikelihood::inner(const SiteFeatures& features) {
    if (!inner_) inner_ = made(features);
    inner_->fix_partial_sill(fixed_partial_sill_);
    return *inner_;
}

bool ExtendedSpaceLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                       bool gradient, ProfiledValue& out) {
    SiteFeatures extended;
    if (!extend(features, extended) ||
        !inner(features).evaluate(extended, log_nugget_ratio, gradient, out))
        return false;
    if (!gradient) return true;
    const Index d = features.deformed.cols(), q = features.local.cols();
    const Vector scales = at_coefficients(covariance_, features.coefficients)->scales();
    const Matrix by_covariates = out.d_deformed.rightCols(q);
    Vector d_coefficients(covariance_->coefficient_count());
    if (out.d_coefficients.size() > 0) d_coefficients.head(out.d_coefficients.size()) = out.d_coefficients;
    d_coefficients.tail(q) =
        by_covariates.cwiseProduct(extended.deformed.rightCols(q)).colwise().sum().transpose();
    out.d_coefficients = d_coefficients;
    out.d_local = by_covariates * scales.asDiagonal();
    out.d_deformed = Points(out.d_deformed.leftCols(d));
    return out.d_coefficients.allFinite();
}

void ExtendedSpaceLikelihood::fix_conditioning(std::shared_ptr<const ConditioningSets> sets) {
    if (sets) sets_ = std::move(sets);
    if (inner_) inner_->fix_conditioning(sets_);
}

std::shared_ptr<const ConditioningSets> ExtendedSpaceLikelihood::conditioning(
    const SiteFeatures& features) {
    SiteFeatures extended;
    if (!extend(features, extended)) return sets_;
    return inner(features).conditioning(extended);
}

void ExtendedSpaceLikelihood::restrict_to_terms(const std::vector<std::int32_t>& sites, double whole) {
    terms_ = sites;
    whole_ = whole;
    if (inner_) inner_->restrict_to_terms(sites, whole);
}

bool ExtendedSpaceLikelihood::replace_values(const Vector& values) {
    if (values.size() != data_.values.size() || (inner_ && !inner_->replace_values(values))) return false;
    data_.values = values;
    return true;
}

std::unique_ptr<const KrigingSystem> ExtendedSpaceLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    SiteFeatures extended;
    if (!extend(features, extended)) return nullptr;
    const auto inner = inner_ ? inner_->clone() : made(features);
    inner->fix_partial_sill(fixed_partial_sill_);
    auto system = inner->kriging_system(extended, log_nugget_ratio);
    if (!system) return nullptr;
    return std::make_unique<ExtendedSpaceKriging>(
        std::move(system), at_coefficients(covariance_, features.coefficients));
}

}  // namespace anamorph
