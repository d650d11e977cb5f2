// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/base/types.h"
#include "core/fit/specification.h"

namespace anamorph {

/// What every likelihood needs of the data: Z = Hβ + e^{l/2}(Y + ε).
struct Observations {
    Vector values;       ///< n
    Matrix trend;        ///< H, n×q, q may be 0
    Vector noise_scale;  ///< n: nugget variance of site i is τ²·noise_scale(i); 1 unless weighted
};

/// Features of the sites under a spatial map, in units of the range (ρ has range 1).
struct SiteFeatures {
    Points deformed;   ///< U, n×d
    Vector log_scale;  ///< l, n; empty for none
};

/// −log p(Z | U) with β and σ² profiled, and its gradient. η = τ²/σ² is the nugget ratio.
struct ProfiledValue {
    double negative_log_likelihood = 0.0;  ///< nats
    double partial_sill = 0.0;             ///< σ̂²
    double quadratic_form = 0.0;           ///< yᵀC⁻¹y/σ²; n where σ² is profiled
    Vector trend_coefficients;             ///< β̂, q
    Points d_deformed;                     ///< n×d
    Vector d_log_scale;                    ///< n, or empty
    double d_log_nugget_ratio = 0.0;
    Vector leave_one_out_residual;         ///< standardised, n (universal kriging, parameters fixed)
    Vector leave_one_out_variance;         ///< predictive variance of an observation, n
};

/// A likelihood approximation. Not thread-safe: it owns its workspace; clone it for each thread.
class Likelihood {
public:
    virtual ~Likelihood() = default;
    /// False if the covariance matrix could not be factorised or a number was not finite; `out` is
    /// then unspecified. Without `gradient` only value, σ̂² and β̂ are filled.
    [[nodiscard]] virtual bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                        bool gradient, ProfiledValue& out) = 0;
    [[nodiscard]] virtual std::unique_ptr<Likelihood> clone() const = 0;
};

}  // namespace anamorph
