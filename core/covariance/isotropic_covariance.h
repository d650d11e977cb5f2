// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/isotropic_correlation.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// One isotropic correlation everywhere: ρ(|Uᵢ − Uⱼ|²). Its coefficients are the correlation's shape.
class IsotropicCovariance final : public PairCovariance {
public:
    explicit IsotropicCovariance(IsotropicCorrelationPointer correlation)
        : correlation_(std::move(correlation)) {}

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Vector coefficients() const override { return correlation_->shape(); }
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Vector prior_mean() const override { return correlation_->shape_prior_mean(); }
    [[nodiscard]] Vector prior_precision() const override {
        return correlation_->shape_prior_precision();
    }
    [[nodiscard]] std::vector<std::string> coefficient_names() const override {
        return correlation_->shape_names();
    }
    [[nodiscard]] std::optional<Smoothness> closed_form() const override {
        return correlation_->closed_form();
    }
    [[nodiscard]] double smoothness() const override { return correlation_->smoothness(); }
    [[nodiscard]] double practical_range_factor() const override {
        return correlation_->practical_range_factor();
    }
    [[nodiscard]] std::string label() const override { return correlation_->label(); }

private:
    IsotropicCorrelationPointer correlation_;
};

/// The Matérn of a given smoothness, or the Gaussian; for `estimate` the general Matérn, starting at
/// ν = 3/2. @throws Error(bad_input) for `automatic`.
[[nodiscard]] PairCovariancePointer matern_covariance(Smoothness smoothness);

}  // namespace anamorph
