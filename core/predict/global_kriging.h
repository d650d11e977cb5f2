// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// Universal kriging with all sites at fixed parameters, factorised once.
///
/// With C = R + η diag(noise), everything divided by e^{l/2}: mean = h'β̂ + ρ'a and variance
/// σ²(1 [+ η] − ρ'C⁻¹ρ + (h − H'C⁻¹ρ)'(H'C⁻¹H)⁻¹(h − H'C⁻¹ρ)), times e^{l}.
/// Chilès and Delfiner (2012), Geostatistics, sec. 3.4.
class GlobalKriging final : public KrigingSystem {
public:
    /// Null where the covariance matrix cannot be factorised. `jitter` is added to the diagonal of
    /// C, as in the likelihood; `fixed_partial_sill` 0: σ² at its estimate.
    /// @throws Error(out_of_memory)
    [[nodiscard]] static std::unique_ptr<const GlobalKriging> of(
        const Observations& data, const SiteFeatures& features, PairCovariancePointer covariance,
        double nugget_ratio, double jitter, double fixed_partial_sill);

    [[nodiscard]] double partial_sill() const override { return partial_sill_; }
    [[nodiscard]] const Vector& trend_coefficients() const override { return beta_; }
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// Up to 2,000 points jointly by Cholesky. More by conditioning by kriging (Journel and Huijbregts
    /// 1978, Mining Geostatistics, sec. VII.A): a field drawn without data at points and sites
    /// (SequentialSimulation, 30 neighbours), its observations replaced by the data in their universal
    /// kriging; so the mean is exact and only the field drawn without data is approximate.
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    GlobalKriging() = default;
    [[nodiscard]] Matrix draw_by_kriging(const SiteFeatures& at, const Matrix& trend,
                                         const DrawOptions& options,
                                         const ProgressObserver& progress,
                                         const std::stop_token& stop) const;

    PairCovariancePointer covariance_;
    Points deformed_;     // n×d
    Matrix local_;        // n×k
    Vector noise_scale_;  // n
    Matrix factor_;       // lower Cholesky factor of C, n×n
    Vector dual_;         // C⁻¹(z − Hβ̂)
    Matrix half_trend_;   // L⁻¹H
    Matrix trend_information_inverse_;  // (H'C⁻¹H)⁻¹
    Vector beta_;
    double partial_sill_ = 0.0;
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
