// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/log_likelihood_at.h"

#include <cmath>

#include "core/base/error.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/make_likelihood.h"

namespace anamorph {

LogLikelihoodAt log_likelihood_at(Likelihood& likelihood, const Points& sites,
                                  const GivenParameters& p) {
    if (!(p.partial_sill > 0.0) || !(p.range > 0.0) || !(p.nugget >= 0.0) ||
        !std::isfinite(p.partial_sill) || !std::isfinite(p.range) || !std::isfinite(p.nugget))
        throw Error(ErrorCode::bad_input,
                    "Partial sill and range must be positive and the nugget not negative.");
    // A nugget of zero is kept as the smallest positive ratio: η + 1 = 1 exactly.
    const double eta = p.nugget > 0.0 ? p.nugget / p.partial_sill : 1e-300;
    likelihood.fix_partial_sill(p.partial_sill);
    SiteFeatures features{sites / p.range, {}};
    features.auxiliary = likelihood.auxiliary_points() / p.range;
    features.geographic = sites;
    ProfiledValue at;
    if (!likelihood.evaluate(features, std::log(eta), true, at))
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of " + std::to_string(sites.rows()) +
                        " sites could not be factorised at these parameters.",
                    "Two sites may coincide; give a positive nugget or remove duplicates.");

    LogLikelihoodAt out;
    out.trend_coefficients = at.trend_coefficients;
    out.log_likelihood = -at.negative_log_likelihood;
    // The range divides the features: ∂U/∂log ℓ = −U.
    out.d_log_range = features.deformed.cwiseProduct(at.d_deformed).sum();
    if (features.auxiliary.size() > 0)
        out.d_log_range += features.auxiliary.cwiseProduct(at.d_auxiliary).sum();
    const double d_log_ratio = -at.d_log_nugget_ratio;
    out.d_log_nugget = p.nugget > 0.0 ? d_log_ratio : 0.0;
    // −½ tr(C⁻¹∂C) + ½ aᵀ∂C a/σ² with σ²C the covariance: at fixed η the value depends on σ² only
    // through −n/2 log σ² − yᵀC⁻¹y/(2σ²).
    const double n = static_cast<double>(sites.rows());
    out.d_log_partial_sill = 0.5 * (at.quadratic_form - n) - d_log_ratio;
    return out;
}

LogLikelihoodAt log_likelihood_at(const Points& sites, const Vector& values, const Matrix& trend,
                                  const GivenParameters& parameters,
                                  const LikelihoodOptions& options,
                                  const std::vector<int>& realisation, const Vector& weights) {
    const Vector noise_scale = weights.size() > 0 ? Vector(weights.cwiseInverse()) : Vector();
    const auto likelihood =
        make_likelihood({values, trend, noise_scale, realisation}, parameters.smoothness, options, sites, 0.0);
    return log_likelihood_at(*likelihood, sites, parameters);
}

LogLikelihoodAt exact_log_likelihood(const Points& sites, const Vector& values,
                                     const Matrix& trend, const GivenParameters& parameters) {
    ExactLikelihood likelihood({values, trend, {}}, parameters.smoothness, 0.0);
    return log_likelihood_at(likelihood, sites, parameters);
}

}  // namespace anamorph
