// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"
#include "core/covariance/smoothness.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// Stationary covariance parameters given by the user, conventions of the README:
/// C(h) = σ² ρ(h/ℓ) + τ² 1{h = 0}.
struct GivenParameters {
    double partial_sill = 1.0;  ///< σ² > 0, value unit squared
    double range = 1.0;         ///< ℓ > 0, coordinate unit
    double nugget = 0.0;        ///< τ² ≥ 0, a variance
    Smoothness smoothness = Smoothness::three_halves;
};

struct LogLikelihoodAt {
    double log_likelihood = 0.0;      ///< nats
    double d_log_partial_sill = 0.0;  ///< ∂/∂log σ² at fixed ℓ, τ²
    double d_log_range = 0.0;
    double d_log_nugget = 0.0;        ///< 0 where τ² = 0
    Vector trend_coefficients;        ///< β̂ by generalised least squares, q
};

/// log p(Z) at given parameters, with its gradient, by any likelihood made for `sites` (n×d) in
/// the coordinates that `range` is measured in; β by generalised least squares. The range divides
/// the features of sites and auxiliary points alike. The parameters' smoothness is not read: the
/// likelihood has its own. σ² stays fixed in the likelihood.
/// @throws Error(bad_input) for parameters out of range, Error(not_positive_definite) when a
/// covariance matrix cannot be factorised (duplicated sites without a nugget, say).
[[nodiscard]] LogLikelihoodAt log_likelihood_at(Likelihood& likelihood, const Points& sites,
                                                const GivenParameters& parameters);

/// The same with the likelihood that `options` names (not `automatic`), for values n and trend n×q
/// (q may be 0), of several realisations where `realisation` (n) says so; site i has the nugget
/// τ²/weights(i) where there are weights (n). No jitter is added. Errors also of make_likelihood.
[[nodiscard]] LogLikelihoodAt log_likelihood_at(const Points& sites, const Vector& values,
                                                const Matrix& trend,
                                                const GivenParameters& parameters,
                                                const LikelihoodOptions& options,
                                                const std::vector<int>& realisation = {},
                                                const Vector& weights = {});

/// The exact likelihood.
[[nodiscard]] LogLikelihoodAt exact_log_likelihood(const Points& sites, const Vector& values,
                                                   const Matrix& trend,
                                                   const GivenParameters& parameters);

}  // namespace anamorph
