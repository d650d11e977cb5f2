// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/fit/model_state.h"
#include "core/likelihood/likelihood.h"
#include "core/predict/noise_mixture.h"

namespace anamorph {

// Student's t noise as a scale mixture of normal distributions: given its weight w, the noise of a site
// is N(0, τ²/w), and w ~ Gamma(ν/2, ν/2) (West 1987, Biometrika 74:646). So τ² is the squared scale of
// the noise and its variance is τ² ν/(ν − 2).
//
// With q(w) Gamma((ν+1)/2, b) for each site beside the Gaussian field, the best q has
// E[w] = (ν+1)/(ν + E[ε²]/τ²), E[ε²] = ε̂² + var(ε), where from the site's leave-one-out residual e and
// variance v, and its present noise variance N = τ²/E[w],
//   ε̂ = N e/v,   var(ε) = N − N²/v.
// The parameters maximise −log p(Z|X, w = E[w]) in turn; both steps raise the same lower bound on the
// evidence (variational EM: Tipping and Lawrence 2005, Neurocomputing 69:123).

[[nodiscard]] bool has_student_noise(const ModelSpecification& specification);

/// What the bound lacks of −log p(Z|X, E[w]), nats, a sum over the given weights:
/// Σ KL(q(w)‖Gamma(ν/2, ν/2)) + ½(log E[w] − E[log w]) ≥ 0. To be added to −log p.
[[nodiscard]] double student_penalty(const Vector& weights, double degrees_of_freedom);

/// One step of the weights from the leave-one-out values of the fitted sites; returns the largest
/// change of a log weight. @throws Error(unsupported) where the likelihood gave none.
double update_noise_weights(ModelState& model, const ProfiledValue& profiled);

/// Weights to begin with, and a nugget of at least half the partial sill: as if the whole leave-one-out
/// error were noise, measured by its median. From a fit that took outliers for a field of short range and
/// almost no nugget the weights would never move.
void start_noise_weights(ModelState& model, const ProfiledValue& profiled);

/// Noise variance σ²η e^{t} e^{l}/weight of the model's sites (n, or those that it fits), as observed: the data's
/// weights and, where `with_noise_weights`, those of Student noise count.
[[nodiscard]] Vector site_noise_variance(const ModelState& model, double partial_sill,
                                         bool with_noise_weights);

/// log density of errors e of observations: Gaussian signal of variance s plus Student noise of squared
/// scale τ², each n.
[[nodiscard]] Vector student_log_density(const Vector& error, const Vector& signal_variance,
                                         const Vector& noise_variance, const NoiseMixture& mixture);

/// Leave-one-out errors with the normal quantile of their predictive distribution: N(0, 1) where the
/// model is right, as standardised residuals are with Gaussian noise.
struct StudentLeaveOneOut {
    Vector error, signal_variance, noise_variance;  ///< transformed scale
    Vector log_density;
    Vector normal_residual;
};
[[nodiscard]] StudentLeaveOneOut student_leave_one_out(const ModelState& model,
                                                       const ProfiledValue& profiled);

/// A site whose noise is more than three scales τ.
struct Outlier {
    Index row = 0;         ///< of the data
    double weight = 1.0;   ///< E[w]: the share of an ordinary site's say that it has
    double residual = 0.0; ///< standardised leave-one-out residual (normal quantile)
};
/// Least weight first; empty without Student noise.
[[nodiscard]] std::vector<Outlier> outliers(const FittedModel& model);
/// Each site's weight, n; empty without Student noise.
[[nodiscard]] const Vector& noise_weights(const FittedModel& model);

}  // namespace anamorph
