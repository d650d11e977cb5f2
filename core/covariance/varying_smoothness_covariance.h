// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// Process convolution whose smoothness varies too: with kernel matrices Σᵢ, A = (Σᵢ + Σⱼ)/2,
/// Q = δᵀA⁻¹δ and ν̄ = (νᵢ + νⱼ)/2,
///   C = |Σᵢ|^{1/4} |Σⱼ|^{1/4} |A|^{−1/2} [Γ(νᵢ) Γ(νⱼ)]^{−1/2} 2^{1−ν̄} Q^{ν̄/2} K_ν̄(√Q),
/// the Matérn of Paciorek and Schervish (2006), Environmetrics 17:483, as Stein (2005), "Nonstationary
/// spatial covariance functions", CISES technical report 21, extends it; no √(2ν) before the distance.
///
/// Local features: the logarithm of the Cholesky factor of the kernel (as ConvolutionCovariance has it),
/// then f, which moves the smoothness: log νᵢ = b(c + fᵢ), b the smooth map of the reals onto
/// (log 0.2, log 4) whose slope is one in the middle, c the only coefficient. So that smoothness and
/// range do not stand for one another, the kernel that the local features give is that of a site of
/// smoothness ν(c): at others it is multiplied by ν(c)/νᵢ, which keeps the practical range nearly as
/// it is (√(8ν) times the scale: Lindgren, Rue and Lindström 2011). With equal fᵢ = 0 it is the
/// convolution of one Matérn of smoothness ν(c).
class VaryingSmoothnessCovariance final : public PairCovariance {
public:
    /// `centre` is c. @throws Error(unsupported) beyond three dimensions.
    explicit VaryingSmoothnessCovariance(int dimension, double centre = 0.0);

    void correlations(const PairRow& row, double* rho) const override;
    void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                   double* const* d_others, double* d_natural) const override;

    [[nodiscard]] Index local_count() const override { return smoothness_feature(dimension_) + 1; }
    [[nodiscard]] Vector coefficients() const override { return Vector::Constant(1, centre_); }
    [[nodiscard]] PairCovariancePointer with(const Vector& coefficients) const override;
    [[nodiscard]] Vector prior_precision() const override { return Vector::Ones(1); }
    [[nodiscard]] std::vector<std::string> coefficient_names() const override {
        return {"middle of the log smoothness"};
    }
    /// ν(c), that of a site whose local features are zero.
    [[nodiscard]] double smoothness() const override;
    [[nodiscard]] double practical_range_factor() const override;
    [[nodiscard]] std::string label() const override;

    /// Which local feature is f.
    [[nodiscard]] static Index smoothness_feature(int dimension) { return dimension * (dimension + 1) / 2; }
    /// νᵢ from the local features of sites, n×local_count().
    [[nodiscard]] Vector smoothness_of(const Matrix& local) const;

private:
    int dimension_;
    double centre_;
};

}  // namespace anamorph
