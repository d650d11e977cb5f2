// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/normal_score.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "core/base/error.h"
#include "core/data/summary_statistics.h"

namespace anamorph {

namespace {

constexpr double knot_distance = 0.25;  // of the normal scores

/// The different values in ascending order, with the share of weight below and at each.
struct Distribution {
    std::vector<double> value, score;
    std::vector<Index> count;  ///< of values up to this one
};

Distribution distribution_of(const Vector& values, const Vector& weights) {
    const auto n = static_cast<std::size_t>(values.size());
    std::vector<Index> order(n);
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return values(a) < values(b); });
    const double total = weights.size() > 0 ? weights.sum() : static_cast<double>(n);
    const auto weight = [&](Index i) { return weights.size() > 0 ? weights(i) : 1.0; };
    Distribution d;
    double below = 0.0;
    for (std::size_t i = 0; i < n;) {
        double own = 0.0;
        std::size_t next = i;
        for (; next < n && values(order[next]) == values(order[i]); ++next) own += weight(order[next]);
        if (own > 0.0) {
            d.value.push_back(values(order[i]));
            d.score.push_back(standard_normal_quantile((below + 0.5 * own) / total));
            d.count.push_back(static_cast<Index>(next));
        }
        below += own;
        i = next;
    }
    return d;
}

}  // namespace

NormalScore::NormalScore(const Vector& z_knots, const Vector& y_knots) : z_(z_knots), y_(y_knots) {
    const Index k = z_.size();
    bool good = k >= 2 && y_.size() == k && z_.allFinite() && y_.allFinite();
    for (Index i = 1; good && i < k; ++i) good = z_(i) > z_(i - 1) && y_(i) > y_(i - 1);
    if (!good)
        throw Error(ErrorCode::bad_input, "The knots of a normal score must increase, at least two of them.");
    const Vector secant = (z_.tail(k - 1) - z_.head(k - 1)).cwiseQuotient(y_.tail(k - 1) - y_.head(k - 1));
    slopes_.resize(k);
    slopes_(0) = secant(0);
    slopes_(k - 1) = secant(k - 2);
    for (Index i = 1; i + 1 < k; ++i)
        slopes_(i) = 2.0 / (1.0 / secant(i - 1) + 1.0 / secant(i));
}

std::shared_ptr<const NormalScore> NormalScore::of(const Vector& values, const Vector& weights) {
    require_transformable(values);
    if (weights.size() > 0 && weights.size() != values.size())
        throw Error(ErrorCode::dimension_mismatch, "There must be one declustering weight for each value.");
    if (weights.size() > 0 && !(weights.allFinite() && weights.minCoeff() >= 0.0 && weights.sum() > 0.0))
        throw Error(ErrorCode::bad_input, "Declustering weights are not negative and not all zero.");
    const Distribution d = distribution_of(values, weights);
    const std::size_t last = d.value.size() - 1;
    if (last == 0)
        throw Error(ErrorCode::bad_input, "All values that have weight are equal: no transform makes them Gaussian.");
    const Index apart =
        std::max<Index>(3, std::lround(0.25 * std::sqrt(static_cast<double>(values.size()))));
    std::vector<std::size_t> knots = {0};
    for (std::size_t i = 1; i < last; ++i) {
        const std::size_t before = knots.back();
        if (d.score[i] - d.score[before] >= knot_distance && d.count[i] - d.count[before] >= apart)
            knots.push_back(i);
    }
    // The last segment is not shorter than the others.
    while (knots.size() > 1 && (d.score[last] - d.score[knots.back()] < knot_distance ||
                                d.count[last] - d.count[knots.back()] < apart))
        knots.pop_back();
    knots.push_back(last);
    Vector z(static_cast<Index>(knots.size())), y(z.size());
    for (Index i = 0; i < z.size(); ++i) {
        z(i) = d.value[knots[static_cast<std::size_t>(i)]];
        y(i) = d.score[knots[static_cast<std::size_t>(i)]];
    }
    return std::make_shared<NormalScore>(z, y);
}

Vector NormalScore::numbers() const {
    Vector n(2 * z_.size());
    n << z_, y_;
    return n;
}

double NormalScore::value(Index k, double t) const {
    const double width = y_(k + 1) - y_(k), s = 1.0 - t;
    return s * s * (1.0 + 2.0 * t) * z_(k) + t * t * (1.0 + 2.0 * s) * z_(k + 1) +
           width * t * s * (s * slopes_(k) - t * slopes_(k + 1));
}

double NormalScore::slope(Index k, double t) const {
    const double width = y_(k + 1) - y_(k), secant = (z_(k + 1) - z_(k)) / width;
    return 6.0 * t * (1.0 - t) * secant + (1.0 - t) * (1.0 - 3.0 * t) * slopes_(k) +
           t * (3.0 * t - 2.0) * slopes_(k + 1);
}

double NormalScore::inverse(double y) const {
    const Index last = y_.size() - 1;
    if (y <= y_(0)) return z_(0) + slopes_(0) * (y - y_(0));
    if (y >= y_(last)) return z_(last) + slopes_(last) * (y - y_(last));
    const auto* above = std::upper_bound(y_.data(), y_.data() + y_.size(), y);
    const Index k = above - y_.data() - 1;
    return value(k, (y - y_(k)) / (y_(k + 1) - y_(k)));
}

double NormalScore::share_of(Index k, double z) const {
    // Newton steps, kept inside an interval that shrinks about the root.
    double low = 0.0, high = 1.0, t = (z - z_(k)) / (z_(k + 1) - z_(k));
    const double width = y_(k + 1) - y_(k);
    for (int i = 0; i < 100; ++i) {
        const double off = value(k, t) - z;
        (off > 0.0 ? high : low) = t;
        double next = t - off / (width * slope(k, t));
        if (!(next >= low && next <= high)) next = 0.5 * (low + high);
        const bool settled = std::abs(next - t) < 1e-15;
        t = next;
        if (settled) break;
    }
    return t;
}

double NormalScore::forward(double z) const {
    const Index last = z_.size() - 1;
    if (!(z > z_(0))) return y_(0) + (z - z_(0)) / slopes_(0);
    if (z >= z_(last)) return y_(last) + (z - z_(last)) / slopes_(last);
    const Index k = std::upper_bound(z_.data(), z_.data() + z_.size(), z) - z_.data() - 1;
    return y_(k) + share_of(k, z) * (y_(k + 1) - y_(k));
}

double NormalScore::derivative(double z) const {
    const Index last = z_.size() - 1;
    if (!(z > z_(0))) return 1.0 / slopes_(0);
    if (z >= z_(last)) return 1.0 / slopes_(last);
    const Index k = std::upper_bound(z_.data(), z_.data() + z_.size(), z) - z_.data() - 1;
    return 1.0 / slope(k, share_of(k, z));
}

int NormalScore::estimated_count() const { return std::max(static_cast<int>(z_.size()) - 2, 0); }

std::string NormalScore::description() const {
    char text[400];
    std::snprintf(text, sizeof text,
                  "Each value is replaced by the normal quantile of its rank, by a smooth increasing curve "
                  "through %d knots; equal values share the middle of their ranks. Below the least value, "
                  "%.4g, and above the greatest, %.4g, the curve goes on straight with the slope of its "
                  "outer segment.",
                  static_cast<int>(z_.size()), z_(0), z_(z_.size() - 1));
    return text;
}

std::vector<std::pair<std::string, double>> NormalScore::parameters() const {
    return {{"knots", static_cast<double>(z_.size())}, {"least", z_(0)}, {"greatest", z_(z_.size() - 1)}};
}

}  // namespace anamorph
