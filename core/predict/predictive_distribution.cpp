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

constexpr double reach = 8.5;  // standard deviations beyond which nothing is left
constexpr int panels = 4;      // of the CRPS on each side of the value
constexpr double least_deviation = 1e-150;

}  // namespace

PredictiveDistribution::PredictiveDistribution(Matrix means, Matrix variances,
                                               std::shared_ptr<const ValueTransform> transform)
    : means_(std::move(means)), transform_(std::move(transform)) {
    if (means_.rows() != variances.rows() || means_.cols() != variances.cols() || means_.cols() == 0)
        throw Error(ErrorCode::dimension_mismatch,
                    "A predictive distribution needs as many variances as means, and at least one.");
    if (!means_.allFinite() || !variances.allFinite())
        throw Error(ErrorCode::not_finite, "A prediction is not a finite number.");
    deviations_ = variances.cwiseMax(0.0).cwiseSqrt();
}

PredictiveDistribution PredictiveDistribution::matched() const {
    const Vector mean = means_.rowwise().mean();
    const Vector between = (means_.colwise() - mean).rowwise().squaredNorm() / static_cast<double>(means_.cols());
    return {mean, between + deviations_.cwiseAbs2().rowwise().mean(), transform_};
}

OriginalMoments PredictiveDistribution::moments(Index i) const {
    const double count = static_cast<double>(means_.cols());
    double mean = 0.0, within = 0.0, squares = 0.0, first = 0.0;
    for (Index k = 0; k < means_.cols(); ++k) {
        const double v = deviations_(i, k) * deviations_(i, k);
        const OriginalMoments m =
            transform_ ? transform_->moments(means_(i, k), v) : OriginalMoments{means_(i, k), v};
        if (k == 0) first = m.mean;
        mean += m.mean - first;
        squares += (m.mean - first) * (m.mean - first);
        within += m.variance;
    }
    mean /= count;
    return {first + mean, within / count + std::max(squares / count - mean * mean, 0.0)};
}

double PredictiveDistribution::cdf(Index i, double y) const {
    double sum = 0.0;
    for (Index k = 0; k < means_.cols(); ++k) {
        const double off = y - means_(i, k), sd = deviations_(i, k);
        sum += sd > 0.0 ? normal_cdf(off / sd) : (off >= 0.0 ? 1.0 : 0.0);
    }
    return sum / static_cast<double>(means_.cols());
}

double PredictiveDistribution::quantile(Index i, double p) const {
    const double z = standard_normal_quantile(p);
    const auto ends = means_.row(i) + z * deviations_.row(i);
    double low = ends.minCoeff(), high = ends.maxCoeff();
    double y = ends.mean();
    // The mixture's quantile lies between those of its parts: Newton steps kept inside.
    for (int step = 0; step < 200 && high - low > 1e-13 * (1.0 + std::abs(y)); ++step) {
        const double off = cdf(i, y) - p;
        (off >= 0.0 ? high : low) = y;
        double density = 0.0;
        for (Index k = 0; k < means_.cols(); ++k)
            if (deviations_(i, k) > 0.0)
                density += normal_density((y - means_(i, k)) / deviations_(i, k)) / deviations_(i, k);
        density /= static_cast<double>(means_.cols());
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
    for (Index k = 0; k < means_.cols(); ++k) {
        const double off = means_(i, k) - y, sd = deviations_(i, k);
        sum += sd > 0.0 ? normal_cdf(off / sd) : (off > 0.0 ? 1.0 : 0.0);
    }
    return sum / static_cast<double>(means_.cols());
}

double PredictiveDistribution::log_density(Index i, double z) const {
    constexpr double none = -std::numeric_limits<double>::infinity();
    if (transform_ && !(z > transform_->lower_bound())) return none;
    const double y = forward(z);
    Vector terms(means_.cols());
    for (Index k = 0; k < means_.cols(); ++k) {
        const double sd = std::max(deviations_(i, k), least_deviation);
        const double e = (y - means_(i, k)) / sd;
        terms(k) = -0.5 * e * e - std::log(sd) - 0.5 * std::log(2.0 * std::numbers::pi);
    }
    const double top = terms.maxCoeff();
    if (!std::isfinite(top)) return none;
    const double log_density_of_y =
        top + std::log((terms.array() - top).exp().mean());
    return log_density_of_y + (transform_ ? std::log(transform_->derivative(z)) : 0.0);
}

double PredictiveDistribution::inverse_slope(double y) const {
    if (!transform_) return 1.0;
    const double z = transform_->inverse(y);
    return z > transform_->lower_bound() ? 1.0 / transform_->derivative(z) : 0.0;
}

double PredictiveDistribution::crps(Index i, double z) const {
    const double low = (means_.row(i) - reach * deviations_.row(i)).minCoeff();
    const double high = (means_.row(i) + reach * deviations_.row(i)).maxCoeff();
    const double y = forward(z);
    const double split = std::clamp(y, low, high);
    const GaussRule& rule = gauss_legendre();
    // ∫ (G(y) − [y ≥ split])² dz/dy dy; beyond the reach G is 0 or 1 and the rest is a distance.
    const auto side = [&](double from, double to, double target) {
        double sum = 0.0;
        const double half = 0.5 * (to - from) / panels;
        if (!(half > 0.0)) return 0.0;
        for (int p = 0; p < panels; ++p) {
            const double centre = from + half * (2.0 * p + 1.0);
            for (Index k = 0; k < rule.nodes.size(); ++k) {
                const double at = centre + half * rule.nodes(k);
                const double off = cdf(i, at) - target;
                sum += half * rule.weights(k) * off * off * inverse_slope(at);
            }
        }
        return sum;
    };
    double score = side(low, split, 0.0) + side(split, high, 1.0);
    if (y > high) score += z - inverse(high);
    if (!(y >= low)) score += inverse(low) - z;
    return score;
}

}  // namespace anamorph
