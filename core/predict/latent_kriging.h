// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/nearest_sites.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// The field at the sites given the data, divided by e^{l/2}: mean μ at β̂, covariance σ²W⁻¹.
struct LatentPosterior {
    PairCovariancePointer covariance = matern_covariance(Smoothness::three_halves);
    int neighbours = 30;        ///< m
    double jitter = 1e-8;       ///< on the diagonal of correlation matrices
    double nugget_ratio = 0.0;  ///< η
    double partial_sill = 1.0;  ///< σ²
    Vector trend_coefficients;  ///< β̂, q
    Matrix trend_information_inverse;  ///< (HᵀC⁻¹H)⁻¹, q×q
    Vector mean;                ///< μ, n
    Matrix trend_seen;          ///< −∂μ/∂β = W⁻¹ΛH e^{−l/2}, n×q
    std::shared_ptr<const SparseCholesky> precision;  ///< W, factorised
};

/// Universal kriging from the latent field's posterior: a point's value given the field at its m
/// nearest sites in deformed space is bᵀY + an independent rest of variance σ²D (simple kriging), so
/// with everything divided by e^{l/2}
///   mean = hᵀβ̂ + bᵀμ,   variance = σ²(D + bᵀW⁻¹b [+ η] + (h − Tᵀb)ᵀ(HᵀC⁻¹H)⁻¹(h − Tᵀb)),
/// T = W⁻¹ΛH. With m = n it is GlobalKriging. Katzfuss, Guinness, Gong, Zilber (2020), JABES 25:383.
class LatentKriging final : public KrigingSystem {
public:
    LatentKriging(const SiteFeatures& sites, LatentPosterior posterior);

    [[nodiscard]] double partial_sill() const override { return posterior_.partial_sill; }
    [[nodiscard]] const Vector& trend_coefficients() const override {
        return posterior_.trend_coefficients;
    }
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// The field at the sites is drawn from its posterior through W's factor, β from its own; the
    /// points' rests jointly, as errors of the same kriging on a field drawn without data at points
    /// and sites (SequentialSimulation with at least 30 neighbours).
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    /// Kriging weights of points from their nearest sites' field values.
    struct Weights {
        Index m = 0;
        std::vector<std::int32_t> site;  // m a point; −1: none
        std::vector<double> weight;      // m a point
        std::vector<double> variance;    // D
    };
    [[nodiscard]] Weights weights_of(const SiteFeatures& at, Index first, Index count) const;
    void check_points(const SiteFeatures& at) const;  ///< @throws Error(dimension_mismatch)
    [[nodiscard]] Matrix draw_at_sites(const DrawOptions& options, Matrix& beta) const;

    Points deformed_;
    Matrix local_;                 // n×k, the covariance's local features
    LatentPosterior posterior_;
    std::vector<double> records_;  // n records of d + k + 1: features, no noise
    NearestSites nearest_;
};

}  // namespace anamorph
