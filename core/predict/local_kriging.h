// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/nearest_sites.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// What kriging from neighbours takes over from the fit.
struct LocalKrigingParameters {
    PairCovariancePointer covariance = matern_covariance(Smoothness::three_halves);
    double nugget_ratio = 0.0;  ///< η
    double partial_sill = 1.0;  ///< σ²
    double jitter = 1e-8;       ///< added to the diagonal of C, as in the likelihood
    Vector trend_coefficients;  ///< β̂, q
    /// (H'C⁻¹H)⁻¹, q×q, C = R + η diag(noise), H divided by e^{l/2}: the covariance of β̂ is σ² times
    /// this.
    Matrix trend_information_inverse;
    int neighbours = 30;        ///< m, 1 to 200
};

/// Universal kriging of each point from its m nearest sites in deformed space, β estimated from all
/// sites: Vecchia's predictor.
///
/// With b = C_N⁻¹ρ over the neighbours N and everything divided by e^{l/2}: mean = h'β̂ + b'(y_N − H_N β̂)
/// and variance σ²(1 [+ η] − ρ'C_N⁻¹ρ + (h − H_N'b)'(H'C⁻¹H)⁻¹(h − H_N'b)), times e^{l}. With m = n it
/// is GlobalKriging. Katzfuss, Guinness, Gong, Zilber (2020), JABES 25:383 (prediction by Vecchia's
/// approximation); Chilès and Delfiner (2012), Geostatistics, sec. 3.4.
/// Where neighbours lie so close together that their correlation matrix cannot be factorised, the
/// jitter is raised for these points, a hundred times at a step.
class LocalKriging final : public KrigingSystem {
public:
    /// @throws Error(bad_input | dimension_mismatch | not_finite | unsupported)
    LocalKriging(const Observations& data, const SiteFeatures& features,
                 const LocalKrigingParameters& parameters);

    [[nodiscard]] double partial_sill() const override { return parameters_.partial_sill; }
    [[nodiscard]] const Vector& trend_coefficients() const override {
        return parameters_.trend_coefficients;
    }
    /// Parallel over points. A point whose coordinates are not finite gets NaN.
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// Conditioning by kriging (Journel and Huijbregts 1978, Mining Geostatistics, sec. VII.A): the
    /// kriged map plus the error that the same kriging makes on a field drawn without data at the
    /// points and the sites they are kriged from (SequentialSimulation, m or at least 30
    /// neighbours), plus that of β drawn from N(β̂, σ²(H'C⁻¹H)⁻¹). So mean and variance of the draws
    /// are those of `predict`, whatever m; with m ≥ n + p − 1 the law is exact.
    /// @throws also Error(bad_input | dimension_mismatch | not_finite)
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    class Block;
    void check_points(const SiteFeatures& at, const Matrix& trend) const;
    [[nodiscard]] std::vector<std::int32_t> places_of_used_sites(const SiteFeatures& at, SiteFeatures& used) const;
    [[nodiscard]] Matrix trend_deviations(const DrawOptions& options) const;
    void add_site_noise(const std::vector<std::int32_t>& places, Index first_place,
                        const DrawOptions& options, class UnconditionalField& field) const;

    LocalKrigingParameters parameters_;
    Points deformed_;              // n×d
    Matrix local_;                 // n×k, the covariance's local features
    Vector noise_scale_;           // n
    std::vector<double> records_;  // n records of d + k + 1: features, noise scale
    Matrix columns_;               // (1+q)×n: e^{−l/2}(z − Hβ̂), then e^{−l/2}H
    NearestSites nearest_;
};

}  // namespace anamorph
