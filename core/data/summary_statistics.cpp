// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/summary_statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"

namespace anamorph {
namespace {

std::vector<double> sorted(const Vector& values) {
    if (values.size() == 0)
        throw Error(ErrorCode::bad_input, "There are no values to summarise.");
    if (!values.allFinite())
        throw Error(ErrorCode::not_finite, "Some of the values are not finite numbers.",
                    "Remove them, or mark them as missing when you import.");
    std::vector<double> result(values.data(), values.data() + values.size());
    std::sort(result.begin(), result.end());
    return result;
}

double quantile(const std::vector<double>& ordered, double p) {
    const double position = p * static_cast<double>(ordered.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, ordered.size() - 1);
    const double share = position - static_cast<double>(below);
    return ordered[below] + share * (ordered[above] - ordered[below]);
}

}  // namespace

SummaryStatistics summarise(const Vector& values) {
    const std::vector<double> ordered = sorted(values);
    SummaryStatistics s;
    s.count = values.size();
    s.minimum = ordered.front();
    s.lower_quartile = quantile(ordered, 0.25);
    s.median = quantile(ordered, 0.5);
    s.upper_quartile = quantile(ordered, 0.75);
    s.maximum = ordered.back();
    s.mean = values.mean();
    const Eigen::ArrayXd centred = values.array() - s.mean;
    const double n = static_cast<double>(s.count);
    if (s.count > 1) s.standard_deviation = std::sqrt(centred.square().sum() / (n - 1.0));
    const double second = centred.square().mean();
    if (second > 0.0) s.skewness = centred.cube().mean() / std::pow(second, 1.5);
    return s;
}

Histogram histogram(const Vector& values, int classes) {
    const std::vector<double> ordered = sorted(values);
    const double low = ordered.front();
    const double high = ordered.back();
    if (classes <= 0) {
        const double spread = quantile(ordered, 0.75) - quantile(ordered, 0.25);
        const double width = 2.0 * spread / std::cbrt(static_cast<double>(ordered.size()));
        classes = width > 0.0 ? static_cast<int>(std::ceil(std::min((high - low) / width, 60.0))) : 5;
        classes = std::clamp(classes, 5, 60);
    }
    Histogram result;
    result.class_width = high > low ? (high - low) / classes : 1.0;
    result.centres.resize(static_cast<std::size_t>(classes));
    result.counts.assign(static_cast<std::size_t>(classes), 0.0);
    for (int c = 0; c < classes; ++c)
        result.centres[static_cast<std::size_t>(c)] = low + (c + 0.5) * result.class_width;
    for (const double value : ordered) {
        const int c = std::min(static_cast<int>((value - low) / result.class_width), classes - 1);
        result.counts[static_cast<std::size_t>(c)] += 1.0;
    }
    return result;
}

double standard_normal_quantile(double p) {
    if (!(p > 0.0 && p < 1.0))
        throw Error(ErrorCode::bad_input, "A probability must lie between 0 and 1.");
    if (p > 0.5) return -standard_normal_quantile(1.0 - p);
    // A crude start from the tail's asymptote, then Halley steps on Φ(x) − p.
    const double t = std::sqrt(-2.0 * std::log(p));
    double x = -(t - (2.30753 + 0.27061 * t) / (1.0 + t * (0.99229 + 0.04481 * t)));
    for (int step = 0; step < 5; ++step) {
        const double cdf = 0.5 * std::erfc(-x / std::numbers::sqrt2);
        const double density = std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::numbers::pi);
        if (density <= 0.0) break;
        const double u = (cdf - p) / density;
        x -= u / (1.0 + 0.5 * x * u);
    }
    return x;
}

NormalQuantilePlot normal_quantile_plot(const Vector& values) {
    NormalQuantilePlot plot;
    plot.sample = sorted(values);
    const double n = static_cast<double>(plot.sample.size());
    plot.theoretical.reserve(plot.sample.size());
    for (std::size_t i = 0; i < plot.sample.size(); ++i)
        plot.theoretical.push_back(standard_normal_quantile((static_cast<double>(i) + 0.5) / n));
    return plot;
}

double normal_coverage(const Vector& standardised, double probability) {
    if (standardised.size() == 0)
        throw Error(ErrorCode::bad_input, "There are no residuals to count.");
    const double limit = standard_normal_quantile(0.5 + 0.5 * probability);
    return static_cast<double>((standardised.array().abs() <= limit).count()) /
           static_cast<double>(standardised.size());
}

}  // namespace anamorph
