// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/isotropic_correlation.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// One isotropic correlation in deformed space extended by covariates (elevation, say), each one more
/// coordinate of the distance with a scale of its own:
///   ρ(h),  h² = |Uᵢ − Uⱼ|² + Σ_k s_k² (c_ik − c_jk)².
/// So it is valid wherever ρ is valid in d + q dimensions. Local features: c, standardised covariates,
/// q. Coefficients: [shape | log s_1 … log s_q]; 1/s_k is the range along covariate k in its standard
/// deviations.
class CovariateCovariance final : public PairCovariance {
public:
    /// At the start s is e^{−1}, the mean of its prior. @throws Error(unsupported) without covariates,
    /// and for a correlation that is not valid beyond three dimensions where there would be more.
    CovariateCovariance(IsotropicCorrelationPointer correlation, int dimension, int covariates);

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Index local_count() const override { return log_scales_.size(); }
    [[nodiscard]] Vector coefficients() const override;
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Vector by_coefficients(const Vector& d_natural) const override;
    [[nodiscard]] Vector prior_mean() const override;
    [[nodiscard]] Vector prior_precision() const override;
    [[nodiscard]] std::vector<std::string> coefficient_names() const override;
    [[nodiscard]] double smoothness() const override { return correlation_->smoothness(); }
    [[nodiscard]] double practical_range_factor() const override {
        return correlation_->practical_range_factor();
    }
    [[nodiscard]] std::string label() const override;

    /// ρ in the extended space, whose points are those of `extended`.
    [[nodiscard]] PairCovariancePointer in_extended_space() const;
    /// [U, s_k c_k], n×(d+q), of deformed coordinates n×d and covariates n×q.
    /// @throws Error(dimension_mismatch)
    [[nodiscard]] Points extended(const Points& deformed, const Matrix& covariates) const;
    [[nodiscard]] Vector scales() const { return log_scales_.array().exp(); }  ///< s, q

private:
    IsotropicCorrelationPointer correlation_;
    int dimension_;
    Vector log_scales_;
};

}  // namespace anamorph
