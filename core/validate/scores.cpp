// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/scores.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/base/error.h"

namespace anamorph {
namespace {

constexpr double kNormal95 = 1.6448536269514722;   // Φ⁻¹(0.95): central 90 % interval
constexpr double kNormal975 = 1.9599639845400545;  // Φ⁻¹(0.975): central 95 % interval

void check(const Vector& truth, const Vector& mean, const Vector& variance) {
    if (truth.size() != mean.size() || truth.size() != variance.size()) {
        throw Error(ErrorCode::dimension_mismatch,
                    "Scores need as many predictions as true values: " +
                        std::to_string(truth.size()) + " values, " + std::to_string(mean.size()) +
                        " means, " + std::to_string(variance.size()) + " variances.");
    }
    for (Index i = 0; i < truth.size(); ++i) {
        if (!std::isfinite(truth(i)) || !std::isfinite(mean(i)) || !std::isfinite(variance(i)) ||
            variance(i) <= 0.0) {
            throw Error(ErrorCode::not_finite,
                        "Prediction " + std::to_string(i + 1) +
                            " cannot be scored: value " + std::to_string(truth(i)) + ", mean " +
                            std::to_string(mean(i)) + ", variance " + std::to_string(variance(i)) +
                            ".");
        }
    }
}

}  // namespace

SiteScores site_scores(const Vector& truth, const Vector& mean, const Vector& variance) {
    check(truth, mean, variance);
    const Index m = truth.size();
    SiteScores result{Vector(m), Vector(m), Vector(m), Vector(m)};
    for (Index i = 0; i < m; ++i) {
        const double sd = std::sqrt(variance(i));
        const double error = truth(i) - mean(i);
        const double e = error / sd;
        const double density = std::exp(-0.5 * e * e) / std::sqrt(2.0 * std::numbers::pi);
        // 2Φ(e) − 1 = erf(e/√2)
        result.crps(i) = sd * (e * std::erf(e / std::numbers::sqrt2) + 2.0 * density -
                               std::numbers::inv_sqrtpi);
        result.log_score(i) = 0.5 * std::log(2.0 * std::numbers::pi * variance(i)) + 0.5 * e * e;
        result.squared_error(i) = error * error;
        result.absolute_error(i) = std::abs(error);
    }
    return result;
}

Scores scores(const Vector& truth, const Vector& mean, const Vector& variance) {
    const SiteScores each = site_scores(truth, mean, variance);
    Scores result;
    result.count = truth.size();
    if (result.count == 0) return result;
    const Vector sd = variance.cwiseSqrt();
    result.rmse = std::sqrt(each.squared_error.mean());
    result.mae = each.absolute_error.mean();
    result.crps = each.crps.mean();
    result.log_score = each.log_score.mean();
    const auto share_within = [&](double quantile) {
        return (each.absolute_error.array() <= quantile * sd.array()).cast<double>().mean();
    };
    result.coverage_90 = share_within(kNormal95);
    result.coverage_95 = share_within(kNormal975);
    result.width_90 = 2.0 * kNormal95 * sd.mean();
    result.width_95 = 2.0 * kNormal975 * sd.mean();
    return result;
}

ScoreDifference paired_difference(const Vector& a, const Vector& b) {
    if (a.size() != b.size()) {
        throw Error(ErrorCode::dimension_mismatch,
                    "Paired scores need the same sites: " + std::to_string(a.size()) + " and " +
                        std::to_string(b.size()) + " values.");
    }
    ScoreDifference result;
    const Index m = a.size();
    if (m == 0) return result;
    const Vector difference = a - b;
    result.mean = difference.mean();
    if (m > 1) {
        const double sum = (difference.array() - result.mean).square().sum();
        result.standard_error = std::sqrt(sum / static_cast<double>(m - 1) / static_cast<double>(m));
    }
    return result;
}

ScoreDifference clustered_difference(const Vector& a, const Vector& b,
                                     const std::vector<Index>& cluster_sizes) {
    const Index m = std::accumulate(cluster_sizes.begin(), cluster_sizes.end(), Index{0});
    if (a.size() != b.size() || a.size() != m) {
        throw Error(ErrorCode::dimension_mismatch,
                    "Clusters of " + std::to_string(m) + " sites do not fit scores of " +
                        std::to_string(a.size()) + " and " + std::to_string(b.size()) + " sites.");
    }
    ScoreDifference result;
    if (m == 0) return result;
    const Vector difference = a - b;
    result.mean = difference.mean();
    double sum = 0.0;
    Index first = 0;
    for (const Index size : cluster_sizes) {
        const double total = (difference.segment(first, size).array() - result.mean).sum();
        sum += total * total;
        first += size;
    }
    const auto clusters = static_cast<double>(cluster_sizes.size());
    result.standard_error = clusters > 1.0 ? std::sqrt(clusters / (clusters - 1.0) * sum) / static_cast<double>(m)
                                           : std::numeric_limits<double>::quiet_NaN();
    return result;
}

}  // namespace anamorph
