// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/fit/model_state.h"

namespace anamorph {

/// Universal kriging with all sites at fixed parameters, factorised once.
///
/// With C = R + η diag(noise), everything divided by e^{l/2}: mean = h'β̂ + ρ'a and variance
/// σ̂²(1 [+ η] − ρ'C⁻¹ρ + (h − H'C⁻¹ρ)'(H'C⁻¹H)⁻¹(h − H'C⁻¹ρ)), times e^{l}.
/// Chilès and Delfiner (2012), Geostatistics, sec. 3.4.
class KrigingSystem {
public:
    /// Empty where the covariance matrix cannot be factorised. `jitter` is added to the diagonal of
    /// C, as in the likelihood. @throws Error(out_of_memory)
    [[nodiscard]] static std::optional<KrigingSystem> of(const ModelState& model,
                                                         double jitter = 1e-8);
    [[nodiscard]] double partial_sill() const { return partial_sill_; }  ///< σ̂²

    /// Standardised points m×d with trend m×q → mean and variance, m each.
    void predict(const Points& x, const Matrix& trend, bool of_observation, Vector& mean,
                 Vector& variance) const;

private:
    KrigingSystem() = default;

    std::shared_ptr<const ModelState> model_;
    Points deformed_;     // n×d
    Matrix factor_;       // lower Cholesky factor of C, n×n
    Vector dual_;         // C⁻¹(z − Hβ̂)
    Matrix half_trend_;   // L⁻¹H
    Matrix trend_factor_inverse_;  // (H'C⁻¹H)⁻¹
    Vector beta_;
    double partial_sill_ = 0.0;
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
