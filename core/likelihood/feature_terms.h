// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

/// e^{t/2} of the noise at points (1 without log-noise), m.
[[nodiscard]] Vector half_log_noise(const SiteFeatures& at);

}  // namespace anamorph
