// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/predictive_distribution.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/data/gauss_rules.h"
#include "core/data/summary_statistics.h"

namespace anamorph {

namespace {

constexpr double farthest_deviation = 8.5;  // standard deviations beyond which nothing is left
constexpr int crps_panels = 4;      // of the CRPS on each side of the value
constexpr double least_deviation = 1e-150;

}  // namespace

PredictiveDistribution::PredictiveDistribution(Matrix means, Matrix variances,
                                               std::shared_ptr<const ValueTransform> transform)
    : PredictiveDistribution(std::move(means), std::move(variances), {}, {}, std::move(transform)) {}

PredictiveDistribution::PredictiveDistribution(Matrix means, Matrix variances, Matrix noise,
                                               NoiseMixture mixture,
                                               std::shared_ptr<const ValueTransform> transform)
    : means_(std::move(means)),
      noise_(std::move(noise)),
      mixture_(std::move(mixture)),
      transform_(std::move(transform)) {
    const bool fits = mixture_.empty() || (noise_.rows() == means_.rows() && noise_.cols() == means_.cols());
    if (means_.rows() != variances.rows() || means_.cols() != variances.cols() || means_.cols() == 0 || !fits)
        throw Error(ErrorCode::dimension_mismatch,
                    "A predictive distribution needs as many variances as means, and at least one.");
    variances_ = variances.unaryExpr([](double v) { return v < 0.0 ? 0.0 : v; });  // NaN stays
}

PredictiveDistribution PredictiveDistribution::matched() const {
    const Vector mean = means_.rowwise().mean();
    const Vector between = (means_.colwise() - mean).rowwise().squaredNorm() / static_cast<double>(means_.cols());
    const Vector variance = between + variances_.rowwise().mean();
    if (mixture_.empty()) return {mean, variance, transform_};
    return {mean, variance, noise_.rowwise().mean(), mixture_, transform_};
}

std::vector<PredictiveDistribution::Part> PredictiveDistribution::parts(Index i) const {
    const double each = 1.0 / static_cast<double>(means_.cols());
    const Index noises = mixture_.scale.size();
    std::vector<Part> parts;
    parts.reserve(static_cast<std::size_t>(means_.cols() * std::max<Index>(noises, 1)));
    for (Index k = 0; k < means_.cols(); ++k) {
        if (noises == 0) parts.push_back({means_(i, k), std::sqrt(variances_(i, k)), each});
        for (Index j = 0; j < noises; ++j)
            parts.push_back({means_(i, k), std::sqrt(variances_(i, k) + noise_(i, k) * mixture_.scale(j)),
                             each * mixture_.share(j)});
    }
    return parts;
}

double PredictiveDistribution::cdf(const std::vector<Part>& all, double y) {
    double sum = 0.0;
    for (const Part& part : all) {
        const double off = y - part.mean;
        sum += part.share * (part.deviation > 0.0 ? normal_cdf(off / part.deviation) : (off >= 0.0 ? 1.0 : 0.0));
    }
    return sum;
}

OriginalMoments PredictiveDistribution::moments(Index i) const {
    double mean = 0.0, within = 0.0, squares = 0.0, first = 0.0;
    bool begun = false;
    for (const Part& part : parts(i)) {
        const double v = part.deviation * part.deviation;
        const OriginalMoments m =
            transform_ ? transform_->moments(part.mean, v) : OriginalMoments{part.mean, v};
        if (!begun) first = m.mean, begun = true;
        mean += part.share * (m.mean - first);
        squares += part.share * (m.mean - first) * (m.mean - first);
        within += part.share * m.variance;
    }
    return {first + mean, within + std::max(squares - mean * mean, 0.0)};
}

double PredictiveDistribution::quantile(Index i, double p) const {
    const double z = standard_normal_quantile(p);
    const std::vector<Part> all = parts(i);
    double low = std::numeric_limits<double>::infinity(), high = -low, y = 0.0;
    for (const Part& part : all) {
        const double end = part.mean + z * part.deviation;
        low = std::min(low, end);
        high = std::max(high, end);
        y += part.share * part.mean;
    }
    if (mixture_.empty()) y += z * std::sqrt(variances_.row(i).mean());
    y = std::clamp(y, low, high);
    // The mixture's quantile lies between those of its parts: Newton steps kept inside.
    for (int step = 0; step < 200 && high - low > 1e-13 * (1.0 + std::abs(y)); ++step) {
        const double off = cdf(all, y) - p;
        (off >= 0.0 ? high : low) = y;
        double density = 0.0;
        for (const Part& part : all)
            if (part.deviation > 0.0)
                density += part.share * normal_density((y - part.mean) / part.deviation) / part.deviation;
        const double next = y - off / density;
        const bool inside = density > 0.0 && next > low && next < high;
        const double moved = inside ? next : 0.5 * (low + high);
        if (inside && std::abs(moved - y) < 1e-13 * (1.0 + std::abs(y))) {
            y = moved;
            break;
        }
        y = moved;
    }
    return inverse(y);
}

double PredictiveDistribution::exceedance(Index i, double threshold) const {
    if (transform_ && threshold < transform_->lower_bound()) return 1.0;
    double y = forward(threshold);
    // What the inverse sends to the transform's bound is not above it.
    if (transform_ && !(threshold > transform_->lower_bound())) y = transform_->least_transformed();
    double sum = 0.0;
    for (const Part& part : parts(i)) {
        const double off = part.mean - y;
        sum += part.share * (part.deviation > 0.0 ? normal_cdf(off / part.deviation) : (off > 0.0 ? 1.0 : 0.0));
    }
    return std::min(sum, 1.0);
}

double PredictiveDistribution::log_density(Index i, double z) const {
    constexpr double none = -std::numeric_limits<double>::infinity();
    if (transform_ && !(z > transform_->lower_bound())) return none;
    const double y = forward(z);
    const std::vector<Part> all = parts(i);
    Vector terms(static_cast<Index>(all.size()));
    for (std::size_t k = 0; k < all.size(); ++k) {
        const double sd = std::max(all[k].deviation, least_deviation);
        const double e = (y - all[k].mean) / sd;
        terms(static_cast<Index>(k)) =
            std::log(all[k].share) - 0.5 * e * e - std::log(sd) - 0.5 * std::log(2.0 * std::numbers::pi);
    }
    const double top = terms.maxCoeff();
    if (!std::isfinite(top)) return none;
    const double log_density_of_y = top + std::log((terms.array() - top).exp().sum());
    return log_density_of_y + (transform_ ? std::log(transform_->derivative(z)) : 0.0);
}

double PredictiveDistribution::inverse_slope(double y) const {
    if (!transform_) return 1.0;
    const double z = transform_->inverse(y);
    return z > transform_->lower_bound() ? 1.0 / transform_->derivative(z) : 0.0;
}

namespace {

/// E|X| of N(mean, sd²).
double absolute_moment(double mean, double sd) {
    if (!(sd > 0.0)) return std::abs(mean);
    const double t = mean / sd;
    return 2.0 * sd * normal_density(t) + mean * (2.0 * normal_cdf(t) - 1.0);
}

}  // namespace

/// Σ p_k E|X_k − z| − ½ Σ p_j p_k E|X_j − X_k| (Grimit, Gneiting, Berrocal, Johnson 2006, QJRMS 132:2925).
double PredictiveDistribution::crps_of_mixture(const std::vector<Part>& all, double z) {
    double score = 0.0;
    for (std::size_t k = 0; k < all.size(); ++k) {
        score += all[k].share * absolute_moment(z - all[k].mean, all[k].deviation);
        for (std::size_t j = 0; j <= k; ++j)
            score -= (j == k ? 0.5 : 1.0) * all[j].share * all[k].share *
                     absolute_moment(all[k].mean - all[j].mean, std::hypot(all[j].deviation, all[k].deviation));
    }
    return score;
}

double PredictiveDistribution::crps(Index i, double z) const {
    const std::vector<Part> all = parts(i);
    if (!transform_ && !mixture_.empty()) return crps_of_mixture(all, z);
    double low = std::numeric_limits<double>::infinity(), high = -low;
    std::vector<double> deviations;
    for (const Part& part : all) {
        low = std::min(low, part.mean - farthest_deviation * part.deviation);
        high = std::max(high, part.mean + farthest_deviation * part.deviation);
        deviations.push_back(part.deviation);
    }
    const double y = forward(z);
    const double split = std::clamp(y, low, high);
    // Panels of equal length; with noise of many scales, of lengths that grow away from the middle.
    std::vector<double> breaks = {low, split, high};
    if (mixture_.empty()) {
        for (int p = 1; p < crps_panels; ++p) {
            breaks.push_back(low + (split - low) * p / crps_panels);
            breaks.push_back(split + (high - split) * p / crps_panels);
        }
    } else {
        const double middle = all.front().mean;
        for (double step = *std::min_element(deviations.begin(), deviations.end());
             step > 0.0 && (middle + step < high || middle - step > low); step *= 1.6)
            for (const double at : {middle - step, middle + step})
                if (at > low && at < high) breaks.push_back(at);
    }
    std::sort(breaks.begin(), breaks.end());
    const GaussRule& rule = gauss_legendre();
    // ∫ (G(y) − [y ≥ split])² dz/dy dy; beyond their reach G is 0 or 1 and the rest is a distance.
    double score = 0.0;
    for (std::size_t b = 0; b + 1 < breaks.size(); ++b) {
        const double half = 0.5 * (breaks[b + 1] - breaks[b]), centre = breaks[b] + half;
        if (!(half > 0.0)) continue;
        const double target = centre > split ? 1.0 : 0.0;
        for (Index k = 0; k < rule.nodes.size(); ++k) {
            const double at = centre + half * rule.nodes(k);
            const double off = cdf(all, at) - target;
            score += half * rule.weights(k) * off * off * inverse_slope(at);
        }
    }
    if (y > high) score += z - inverse(high);
    if (!(y >= low)) score += inverse(low) - z;
    return score;
}

}  // namespace anamorph
