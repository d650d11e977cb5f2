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

constexpr Vector SiteScores::*kMembers[] = {
    &SiteScores::squared_error, &SiteScores::absolute_error, &SiteScores::crps,     &SiteScores::log_score,
    &SiteScores::inside_90,     &SiteScores::inside_95,      &SiteScores::width_90, &SiteScores::width_95,
    &SiteScores::probability_integral};

SiteScores of_size(Index m) {
    SiteScores result;
    for (auto member : kMembers) (result.*member).setZero(m);
    return result;
}

}  // namespace

SiteScores site_scores(const Vector& truth, const Vector& mean, const Vector& variance) {
    check(truth, mean, variance);
    const Index m = truth.size();
    SiteScores result = of_size(m);
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
        result.inside_90(i) = std::abs(error) <= kNormal95 * sd ? 1.0 : 0.0;
        result.inside_95(i) = std::abs(error) <= kNormal975 * sd ? 1.0 : 0.0;
        result.width_90(i) = 2.0 * kNormal95 * sd;
        result.width_95(i) = 2.0 * kNormal975 * sd;
        result.probability_integral(i) = 0.5 * std::erfc(-e / std::numbers::sqrt2);
    }
    return result;
}

SiteScores site_scores(const Vector& truth, const PredictiveDistribution& predicted) {
    const Index m = truth.size();
    if (predicted.size() != m) {
        throw Error(ErrorCode::dimension_mismatch,
                    "Scores need as many predictions as true values: " + std::to_string(m) +
                        " values, " + std::to_string(predicted.size()) + " predictions.");
    }
    SiteScores result = of_size(m);
    Index outside = 0;
    for (Index i = 0; i < m; ++i) {
        if (!predicted.known(i))
            throw Error(ErrorCode::not_finite, "A prediction is not a finite number.");
        const double error = truth(i) - predicted.moments(i).mean;
        result.squared_error(i) = error * error;
        result.absolute_error(i) = std::abs(error);
        result.crps(i) = predicted.crps(i, truth(i));
        result.log_score(i) = -predicted.log_density(i, truth(i));
        if (!std::isfinite(result.log_score(i))) ++outside;
        const auto interval = [&](double tail, Vector& inside, Vector& width) {
            const double low = predicted.quantile(i, tail), high = predicted.quantile(i, 1.0 - tail);
            inside(i) = truth(i) >= low && truth(i) <= high ? 1.0 : 0.0;
            width(i) = high - low;
        };
        interval(0.05, result.inside_90, result.width_90);
        interval(0.025, result.inside_95, result.width_95);
        result.probability_integral(i) = 1.0 - predicted.exceedance(i, truth(i));
    }
    if (outside > 0) {
        throw Error(ErrorCode::bad_input,
                    std::to_string(outside) + " of the held-out values " +
                        (outside == 1 ? "lies" : "lie") +
                        " below everything that the transform of the other values allows: the log "
                        "score is infinite.",
                    "Use the normal score, which has no bound, or no transform.");
    }
    return result;
}

SiteScores joined(const std::vector<SiteScores>& parts) {
    Index m = 0;
    for (const auto& part : parts) m += part.log_score.size();
    SiteScores all = of_size(m);
    Index first = 0;
    for (const auto& part : parts) {
        const Index count = part.log_score.size();
        for (auto member : kMembers) (all.*member).segment(first, count) = part.*member;
        first += count;
    }
    return all;
}

Scores scores(const SiteScores& each) {
    Scores result;
    result.count = each.log_score.size();
    if (result.count == 0) return result;
    result.rmse = std::sqrt(each.squared_error.mean());
    result.mae = each.absolute_error.mean();
    result.crps = each.crps.mean();
    result.log_score = each.log_score.mean();
    result.coverage_90 = each.inside_90.mean();
    result.coverage_95 = each.inside_95.mean();
    result.width_90 = each.width_90.mean();
    result.width_95 = each.width_95.mean();
    return result;
}

Scores scores(const Vector& truth, const Vector& mean, const Vector& variance) {
    return scores(site_scores(truth, mean, variance));
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
