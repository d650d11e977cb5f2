// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/likelihood/likelihood.h"
#include "core/likelihood/sites_in_range.h"
#include "core/likelihood/tapered_covariance.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// Universal kriging with a tapered covariance and all sites: the equations of GlobalKriging with
/// C sparse, so that each point sees the sites within the taper range directly and the others
/// through C⁻¹. Furrer, Genton and Nychka (2006), J. Comput. Graph. Statist. 15:502.
///
/// Conditional simulation by conditioning an unconditional one (Chilès and Delfiner 2012, sec.
/// 7.3.1): the field is drawn without data at sites and points together (`tapered_field`); what it
/// lacks of the data is kriged, with the trend, and added.
class TaperedKriging final : public KrigingSystem {
public:
    /// Null where the covariance matrix cannot be factorised. `partial_sill` 0: at its estimate.
    /// `tapered` is at its estimated coefficients, its squared_factor that of the sites. @throws Error(out_of_memory)
    [[nodiscard]] static std::unique_ptr<const TaperedKriging> of(
        const Observations& data, const SiteFeatures& features,
        const TaperedCovariance& tapered, double nugget_ratio, double jitter,
        double partial_sill);

    [[nodiscard]] double partial_sill() const override { return partial_sill_; }
    [[nodiscard]] const Vector& trend_coefficients() const override { return beta_; }
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// @throws also Error(not_positive_definite)
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    explicit TaperedKriging(const SiteFeatures& sites);
    void check_points(const SiteFeatures& at) const;  ///< @throws Error(dimension_mismatch)
    [[nodiscard]] SparseColumns covariances_with_sites(const SiteFeatures& at, Index first, Index count) const;
    [[nodiscard]] Matrix draw_without_data(const SiteFeatures& at, const DrawOptions& options,
                                           const std::stop_token& stop) const;

    TaperedCovariance tapered_;
    Points deformed_;      // n×d
    Matrix local_;         // n×k, the covariance's local features
    SitesInRange sites_;   // in units of the taper's range
    double factor_ = 0.0;  // κ
    std::optional<SparseCholesky> cholesky_;
    Matrix scaled_;        // e^{−l/2}[z, H], n×(1+q)
    Matrix weights_;       // C⁻¹ scaled_
    Vector dual_;          // C⁻¹(z − Hβ̂)
    Matrix trend_information_inverse_;  // (H'C⁻¹H)⁻¹
    Vector beta_;
    Vector noise_;         // η noise_scale
    double partial_sill_ = 0.0;
    double nugget_ratio_ = 0.0;
    double jitter_ = 0.0;
};

}  // namespace anamorph
