// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"

namespace anamorph {

/// The exact Gaussian likelihood, one dpotrf and one dpotri for value and gradient, one n×n matrix.
///
/// With C = R(U) + η diag(noise_scale) + jitter·I, y = e^{−l/2}(z − Hβ̂), a = C⁻¹y, σ̂² = yᵀa/n:
///   −log p = n/2 (log σ̂² + 1 + log 2π) + ½ log|C| + ½ Σ l,
/// and by the envelope theorem (no derivative of β̂, σ̂²), G = ½(C⁻¹ − aaᵀ/σ̂²):
///   ∂ = 2 Σ_{i>j} Gᵢⱼ ∂ρᵢⱼ for features and coefficients,  ∂/∂log η = Σ Gᵢᵢ η noise_scaleᵢ,
///   ∂/∂lᵢ = ½ − yᵢaᵢ/(2σ̂²).
/// Mardia and Marshall (1984), Biometrika 71:135. Leave-one-out as in Dubrule (1983).
class ExactLikelihood final : public Likelihood {
public:
    /// @throws Error(dimension_mismatch | out_of_memory).
    ExactLikelihood(Observations observations, PairCovariancePointer covariance,
                    double jitter = 1e-8);
    /// For a Matérn covariance of given smoothness.
    ExactLikelihood(Observations observations, Smoothness smoothness, double jitter = 1e-8);

    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;

    [[nodiscard]] bool replace_values(const Vector& values) override {
        if (values.size() != data_.values.size()) return false;
        data_.values = values;
        return true;
    }
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

private:
    bool solve_trend(ProfiledValue& out);
    void contract_gradient(const SiteFeatures& features, ProfiledValue& out) const;
    void leave_one_out(ProfiledValue& out) const;

    Observations data_;
    PairCovariancePointer covariance_;  // at the coefficients of the last evaluation
    double jitter_;
    Vector noise_;           // noise scale of each site, n
    Matrix matrix_;          // lower triangle: C, then its Cholesky factor, then its inverse
    Matrix scaled_;          // n×(1+q): e^{−l/2}[z, H]
    Matrix weights_;         // n×(1+q): C⁻¹ scaled_
    Vector scale_;           // e^{l/2}, n
    Vector residual_;        // y
    Vector dual_;            // a = C⁻¹ y
    Matrix trend_information_inverse_;  // (HᵀK⁻¹H)⁻¹ up to σ², q×q
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
