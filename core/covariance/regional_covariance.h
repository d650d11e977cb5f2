// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/metric_structure.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// A stationary covariance in each of K regions: Y(x) = Σ_k √w_k(x) Y_k(x), Y_k independent with
/// correlation ρ(|B_k δ|), the weights w_k ≥ 0 summing to one at every site. So
///   C = Σ_k √w_k(i) √w_k(j) ρ(|B_k(Uᵢ − Uⱼ)|),
/// of unit variance. With weights that overlap, a partition of unity (Fuentes 2001, Environmetrics
/// 12:469, eq. 3); with weights 0 and 1, segments that are independent of each other.
/// Local features: √w_1 … √w_K. Coefficients: [shape | entries of S_1 … S_K], relative to the common
/// deformation.
class RegionalCovariance final : public PairCovariance {
public:
    /// At the start all regions have the same correlation. @throws Error(unsupported)
    RegionalCovariance(IsotropicCorrelationPointer correlation, int dimension, int regions);

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Index local_count() const override { return static_cast<Index>(regions_.size()); }
    [[nodiscard]] Vector coefficients() const override { return coefficients_; }
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Index natural_count() const override;
    [[nodiscard]] Vector by_coefficients(const Vector& d_natural) const override;
    [[nodiscard]] Vector prior_mean() const override;
    [[nodiscard]] Vector prior_precision() const override;
    [[nodiscard]] std::vector<std::string> coefficient_names() const override;
    [[nodiscard]] double smoothness() const override { return correlation_->smoothness(); }
    [[nodiscard]] double practical_range_factor() const override {
        return correlation_->practical_range_factor();
    }
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] std::vector<CovariancePart> parts() const override;

private:
    RegionalCovariance(IsotropicCorrelationPointer correlation, int dimension, int regions,
                       Vector coefficients);

    IsotropicCorrelationPointer correlation_;
    int dimension_;
    Vector coefficients_;
    std::vector<MetricStructure> regions_;
};

}  // namespace anamorph
