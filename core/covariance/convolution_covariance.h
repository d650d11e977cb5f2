// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/isotropic_correlation.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// Process convolution with a kernel at each site: with kernel matrices Σᵢ and A = (Σᵢ + Σⱼ)/2,
///   C = |Σᵢ|^{1/4} |Σⱼ|^{1/4} |A|^{−1/2} ρ(√(δᵀA⁻¹δ)),
/// valid where ρ is valid in every dimension: Matérn and generalised Cauchy, not spherical or cubic.
/// Paciorek and Schervish (2006), Environmetrics 17:483, eq. 8.
/// Local features: the logarithm of the Cholesky factor L of Σ, row by row (log Lₐₐ on the diagonal,
/// L_ab below it), zero for the unit kernel. Coefficients: the correlation's shape.
class ConvolutionCovariance final : public PairCovariance {
public:
    /// @throws Error(unsupported) for a correlation that is not valid in every dimension, and beyond
    /// three dimensions.
    ConvolutionCovariance(IsotropicCorrelationPointer correlation, int dimension);

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Index local_count() const override { return dimension_ * (dimension_ + 1) / 2; }
    [[nodiscard]] Vector coefficients() const override { return correlation_->shape(); }
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Vector prior_mean() const override { return correlation_->shape_prior_mean(); }
    [[nodiscard]] Vector prior_precision() const override {
        return correlation_->shape_prior_precision();
    }
    [[nodiscard]] std::vector<std::string> coefficient_names() const override {
        return correlation_->shape_names();
    }
    [[nodiscard]] double smoothness() const override { return correlation_->smoothness(); }
    [[nodiscard]] double practical_range_factor() const override {
        return correlation_->practical_range_factor();
    }
    [[nodiscard]] std::string label() const override {
        return correlation_->label() + ", kernels that vary";
    }

    /// L of a site from its local features (d(d+1)/2 numbers).
    [[nodiscard]] static Matrix kernel_root(const Vector& local, int dimension);

private:
    IsotropicCorrelationPointer correlation_;
    int dimension_;
};

}  // namespace anamorph
