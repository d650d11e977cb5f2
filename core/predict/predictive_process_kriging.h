// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// Universal kriging by the predictive process: memory k², whatever the number of sites.
///
/// With A, D, M of LowRankFactor and A* = L⁻¹K_v* at the points, the weights of the inducing
/// sites given the data are N(M⁻¹A D⁻¹(z − Hβ), σ²M⁻¹), so
///   mean = h'β̂ + A*'m,
///   variance = σ²(A*'M⁻¹A* + (h − B'A*)'(H'C⁻¹H)⁻¹(h − B'A*) [+ 1 − |A*|²] [+ η]),  B = A C⁻¹H,
/// everything divided by e^{l/2}. The term 1 − |A*|², what the inducing sites do not explain, is
/// FITC's test-conditional variance (Snelson and Ghahramani 2006); it is independent between
/// points.
class PredictiveProcessKriging final : public KrigingSystem {
public:
    /// Null where a matrix cannot be factorised. Arguments as for GlobalKriging, `covariance` at its
    /// estimated coefficients, the inducing sites' features as for PredictiveProcessLikelihood.
    [[nodiscard]] static std::unique_ptr<const PredictiveProcessKriging> of(
        const Observations& data, const SiteFeatures& features, PairCovariancePointer covariance,
        double nugget_ratio, double jitter, double fixed_partial_sill, bool fitc);

    [[nodiscard]] double partial_sill() const override { return partial_sill_; }
    [[nodiscard]] const Vector& trend_coefficients() const override { return beta_; }
    void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const override;
    /// The low-rank part jointly, FITC's rest and the nugget independently for each point.
    [[nodiscard]] Matrix draw(const SiteFeatures& at, const Matrix& trend,
                              const DrawOptions& options, const ProgressObserver& progress,
                              std::stop_token stop) const override;

private:
    PredictiveProcessKriging() = default;

    /// A* of `count` points from `first` on, k×count.
    [[nodiscard]] Matrix half_correlation(const SiteFeatures& at, Index first, Index count) const;

    PairCovariancePointer covariance_;
    bool fitc_ = true;
    Points inducing_;             // k×d, deformed
    Matrix inducing_local_;       // k×(local features)
    Matrix inducing_factor_;      // L
    Matrix capacitance_factor_;   // N, M = NNᵀ
    Vector weights_;              // m, k
    Matrix trend_projection_;     // B, k×q
    Matrix trend_information_inverse_;
    Vector beta_;
    double partial_sill_ = 0.0;
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
