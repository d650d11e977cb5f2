// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/covariance/covariate_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// The likelihood of a covariance with covariates in its distance, by another likelihood in the space
/// that they extend: sites lie at [U, s_k c_k] there and the covariance is isotropic. So neighbours are
/// searched, and ordered, in the extended space, and its fast kernels are used. The gradient by the
/// extended coordinates E is pulled back: ∂/∂U = ∂/∂E, ∂/∂c_ik = s_k ∂/∂E_ik and
/// ∂/∂log s_k = Σ_i s_k c_ik ∂/∂E_ik.
class ExtendedSpaceLikelihood final : public Likelihood {
public:
    /// `sites`: n×d, in the coordinates that the deformation takes. The inner likelihood is made at the
    /// first evaluation, when the covariates (SiteFeatures::local) are known.
    ExtendedSpaceLikelihood(Observations observations,
                            std::shared_ptr<const CovariateCovariance> covariance,
                            const LikelihoodOptions& options, const Points& sites, double jitter);

    /// @throws also what the inner likelihood's constructor does
    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    void fix_conditioning(std::shared_ptr<const ConditioningSets> sets) override;
    [[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning(
        const SiteFeatures& features) override;
    void restrict_to_terms(const std::vector<std::int32_t>& sites, double whole) override;
    [[nodiscard]] bool replace_values(const Vector& values) override;
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

private:
    ExtendedSpaceLikelihood(const ExtendedSpaceLikelihood& other);
    /// False where coefficients or covariates are not finite.
    [[nodiscard]] bool extend(const SiteFeatures& features, SiteFeatures& extended) const;
    [[nodiscard]] std::unique_ptr<Likelihood> made(const SiteFeatures& features) const;
    [[nodiscard]] Likelihood& inner(const SiteFeatures& features);

    Observations data_;
    std::shared_ptr<const CovariateCovariance> covariance_;  // at its starting coefficients
    LikelihoodOptions options_;
    std::shared_ptr<const Points> sites_;
    double jitter_;
    std::unique_ptr<Likelihood> inner_;
    std::shared_ptr<const ConditioningSets> sets_;
    std::vector<std::int32_t> terms_;
    double whole_ = 0.0;
};

/// The covariance at the coefficients of these features. @throws Error(dimension_mismatch)
[[nodiscard]] std::shared_ptr<const CovariateCovariance> at_coefficients(
    const std::shared_ptr<const CovariateCovariance>& covariance, const Vector& coefficients);

/// The features in the extended space: no local ones are left, of the coefficients the correlation's
/// shape. @throws Error(dimension_mismatch)
[[nodiscard]] SiteFeatures in_extended_space(const CovariateCovariance& covariance,
                                             const SiteFeatures& features);

}  // namespace anamorph
