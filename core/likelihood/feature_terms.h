// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"

namespace anamorph {

// What every likelihood and kriging does with features before it looks at pairs.

/// Noise scale of each site, n: that of the observations times e^{t}. False where one is not a
/// positive number. @throws Error(dimension_mismatch)
[[nodiscard]] bool site_noise_scale(const Observations& data, const SiteFeatures& features,
                                    Vector& noise);

/// Puts features.coefficients, if there are any, into the covariance. False where they are not finite
/// or local features are missing. @throws Error(dimension_mismatch) for a wrong number of either.
[[nodiscard]] bool take_coefficients(const SiteFeatures& features, PairCovariancePointer& covariance);

/// Correlations of all sites, column by column, into the strict lower triangle of k, n×n.
void assemble_lower(const PairCovariance& covariance, const SiteFeatures& features, Matrix& k);

/// Σ_{i>j} wᵢⱼ ∂ρᵢⱼ with respect to deformed coordinates (n×d), local features (n×k) and coefficients.
/// `column_weights(j, w)` fills w with the weights of the pairs (j + 1 … n − 1, j); it is called from
/// several threads at once. Parallel over columns, the same sums in the same order for equal threads.
void contract_pairs(const PairCovariance& covariance, const SiteFeatures& features,
                    const std::function<void(Index j, double* w)>& column_weights,
                    Points& d_deformed, Matrix& d_local, Vector& d_coefficients);

/// e^{l/2} at points (1 without log-scale), m.
[[nodiscard]] Vector half_log_scale(const SiteFeatures& at);

/// e^{t/2} of the noise at points (1 without log-noise), m.
[[nodiscard]] Vector half_log_noise(const SiteFeatures& at);

}  // namespace anamorph
