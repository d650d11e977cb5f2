// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/predict/predictive_distribution.h"

namespace anamorph {

/// Scores of predictions at m held-out values: Gaussian ones, N(mean, variance), or any others. Gneiting and Raftery
/// (2007), JASA 102:359, for CRPS and log score; both negatively oriented (smaller is better).
struct Scores {
    double rmse = 0.0;         ///< value unit
    double mae = 0.0;          ///< value unit
    double crps = 0.0;         ///< mean continuous ranked probability score, value unit
    double log_score = 0.0;    ///< mean negative log predictive density, nats a site
    double coverage_90 = 0.0;  ///< share inside the central 90 % interval
    double coverage_95 = 0.0;
    double width_90 = 0.0;     ///< mean width of the interval, value unit
    double width_95 = 0.0;
    Index count = 0;
};

/// The same for each held-out value, so that differences of models have a standard error.
struct SiteScores {
    Vector squared_error, absolute_error, crps, log_score;
    Vector inside_90, inside_95;  ///< 1 where the central interval holds the value, else 0
    Vector width_90, width_95;    ///< of the central intervals, value unit
    /// u = F(z) of the predictive distribution at the value: uniform where predictions are right
    /// (calibration.h). Empty in results of older files.
    Vector probability_integral;
};

/// @throws Error(dimension_mismatch); Error(not_finite) for a variance that is not positive.
[[nodiscard]] SiteScores site_scores(const Vector& truth, const Vector& mean, const Vector& variance);
/// The same for distributions of the measured values that a transform carried back: errors are those of
/// the mean, densities and intervals those of the measured values, so models with different transforms
/// compare. @throws Error(dimension_mismatch); Error(bad_input) for a value that the transform has not.
[[nodiscard]] SiteScores site_scores(const Vector& truth, const PredictiveDistribution& predicted);
/// Several sets of sites one after the other.
[[nodiscard]] SiteScores joined(const std::vector<SiteScores>& parts);
[[nodiscard]] Scores scores(const SiteScores& each);
[[nodiscard]] Scores scores(const Vector& truth, const Vector& mean, const Vector& variance);

/// Mean of a − b over sites and its standard error (sites paired).
struct ScoreDifference {
    double mean = 0.0;
    double standard_error = 0.0;
};
[[nodiscard]] ScoreDifference paired_difference(const Vector& a, const Vector& b);

/// Mean of a − b over sites, and its standard error where sites come in clusters (folds of whole
/// blocks or groups) of the given sizes, one after the other: with S_k the sum of a − b over cluster
/// k, n_k its size and K clusters, √(K/(K−1) Σ (S_k − n_k·mean)²)/n (Cochran 1977, Sampling
/// Techniques, section 9A.2, the ratio estimate of a mean). NaN for a single cluster.
/// @throws Error(dimension_mismatch)
[[nodiscard]] ScoreDifference clustered_difference(const Vector& a, const Vector& b,
                                                   const std::vector<Index>& cluster_sizes);

}  // namespace anamorph
