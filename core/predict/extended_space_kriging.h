// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/covariance/covariate_covariance.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// Kriging with covariates in the distance: points are carried into the space that their covariates
/// (SiteFeatures::local) extend, where another system kriges with an isotropic covariance.
class ExtendedSpaceKriging final : public KrigingSystem {
public:
    /// `covariance` at its estimate; `inner` made of the sites' extended coordinates.
    ExtendedSpaceKriging(std::unique_ptr<const KrigingSystem> inner,
                         std::shared_ptr<const CovariateCovariance> covariance)
        : inner_(std::move(inner)), covariance_(std::move(covariance)) {}

    [[nodiscard]] double partial_sill() const override { return inner_->partial_sill(); }
    [[nodiscard]] const Vector& trend_coefficients() const override {
        return inner_->trend_coefficients();
    }
    /// @throws Error(dimension_mismatch) where the covariates of the points are missing.
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    std::unique_ptr<const KrigingSystem> inner_;
    std::shared_ptr<const CovariateCovariance> covariance_;
};

}  // namespace anamorph
