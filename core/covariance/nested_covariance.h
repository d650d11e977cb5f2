// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/metric_structure.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// Nested structures: Σ_k a_k ρ_k(|B_k(Uᵢ − Uⱼ)|), Σ a_k = 1, B_1 = I (the deformation holds the first
/// structure's range), the others' ranges and anisotropies relative to it. Journel and Huijbregts
/// (1978), Mining Geostatistics, sec. III.B.4.
/// Coefficients: [shapes of 1 … K | log(a_k/a_1), k = 2 … K | entries of S_k, k = 2 … K].
class NestedCovariance final : public PairCovariance {
public:
    /// `correlations`: one a structure, at least two. Structures start a factor of four longer each,
    /// with equal sills.
    NestedCovariance(std::vector<IsotropicCorrelationPointer> correlations, int dimension);

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Vector coefficients() const override { return coefficients_; }
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Index natural_count() const override;
    [[nodiscard]] Vector by_coefficients(const Vector& d_natural) const override;
    [[nodiscard]] Vector prior_mean() const override;
    [[nodiscard]] Vector prior_precision() const override;
    [[nodiscard]] std::vector<std::string> coefficient_names() const override;
    [[nodiscard]] double smoothness() const override;  ///< of the roughest structure
    /// Of the structures together, along the direction in which they reach farthest on average.
    [[nodiscard]] double practical_range_factor() const override;
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] std::vector<CovariancePart> parts() const override;

private:
    NestedCovariance(std::vector<MetricStructure> structures, int dimension, Vector coefficients);
    [[nodiscard]] Index shape_count() const;

    int dimension_;
    std::vector<MetricStructure> structures_;
    Vector coefficients_;
    Vector share_;  // a, K
};

}  // namespace anamorph
