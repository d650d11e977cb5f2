// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/value_transform.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/data/gauss_rules.h"
#include "core/data/normal_score.h"
#include "core/data/power_transforms.h"

namespace anamorph {

namespace {

std::string number(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", x);
    return text;
}

/// Moments where a part of Y lies below the least value that the transform has: that part counts with
/// the bound, the rest by Gauss–Legendre panels up to 8.5 standard deviations above the mean.
OriginalMoments censored_moments(const ValueTransform& t, double mean, double sd) {
    constexpr int panels = 4;
    constexpr double reach = 8.5;
    const double low = std::max((t.least_transformed() - mean) / sd, -reach);
    if (low >= reach) return {t.lower_bound(), 0.0};
    const GaussRule& rule = gauss_legendre();
    const double half = 0.5 * (reach - low) / panels;
    double first = 0.0, second = 0.0;  // of the distance from the bound
    for (int p = 0; p < panels; ++p)
        for (Index k = 0; k < rule.nodes.size(); ++k) {
            const double x = low + half * (2.0 * p + 1.0 + rule.nodes(k));
            const double off = t.inverse(mean + sd * x) - t.lower_bound();
            const double weight = half * rule.weights(k) * normal_density(x);
            first += weight * off;
            second += weight * off * off;
        }
    return {t.lower_bound() + first, std::max(second - first * first, 0.0)};
}

}  // namespace

OriginalMoments ValueTransform::moments(double mean, double variance) const {
    if (!(variance > 0.0)) return {inverse(mean), 0.0};
    const double sd = std::sqrt(variance);
    if (mean - 6.0 * sd < least_transformed()) return censored_moments(*this, mean, sd);
    const GaussRule& rule = gauss_hermite();
    double first = 0.0, second = 0.0;
    const double centre = inverse(mean);
    for (Index k = 0; k < rule.nodes.size(); ++k) {
        const double off = inverse(mean + sd * rule.nodes(k)) - centre;
        first += rule.weights(k) * off;
        second += rule.weights(k) * off * off;
    }
    return {centre + first, std::max(second - first * first, 0.0)};
}

std::shared_ptr<const ValueTransform> ValueTransform::from_numbers(const std::string& kind,
                                                                   const Vector& n) {
    const bool finite = n.allFinite();
    if (finite && kind == "log" && n.size() == 1) return std::make_shared<LogTransform>(n(0));
    if (finite && kind == "sqrt" && n.size() == 1) return std::make_shared<SquareRootTransform>(n(0));
    if (finite && kind == "box-cox" && n.size() == 2)
        return std::make_shared<BoxCoxTransform>(n(0), n(1));
    if (finite && kind == "normal-score" && n.size() >= 4 && n.size() % 2 == 0)
        return std::make_shared<NormalScore>(n.head(n.size() / 2), n.tail(n.size() / 2));
    throw Error(ErrorCode::bad_input, "The transform of the values (" + kind + ") is damaged.");
}

Vector transformed(const ValueTransform& transform, const Vector& values) {
    Vector y(values.size());
    for (Index i = 0; i < values.size(); ++i) {
        y(i) = transform.forward(values(i));
        if (std::isfinite(y(i))) continue;
        if (!std::isfinite(values(i)))
            throw Error(ErrorCode::not_finite, "Value " + std::to_string(i + 1) +
                                                   " is no number and cannot be transformed.");
        throw Error(ErrorCode::bad_input,
                    "Value " + std::to_string(i + 1) + ", " + number(values(i)) +
                        ", has no " + transform.label() + ": values must be above " +
                        number(transform.lower_bound()) + ".",
                    "Choose a larger shift, the normal score, or no transform.");
    }
    return y;
}

Vector log_derivatives(const ValueTransform& transform, const Vector& values) {
    Vector out(values.size());
    for (Index i = 0; i < values.size(); ++i)
        out(i) = values(i) > transform.lower_bound()
                     ? std::log(transform.derivative(values(i)))
                     : -std::numeric_limits<double>::infinity();
    return out;
}

void require_transformable(const Vector& values) {
    if (values.size() < 2)
        throw Error(ErrorCode::bad_input, "A transform needs at least two values.");
    if (!values.allFinite())
        throw Error(ErrorCode::not_finite, "Some of the values are no numbers and cannot be transformed.",
                    "Remove them, or mark them as missing when you import.");
    if (values.minCoeff() == values.maxCoeff())
        throw Error(ErrorCode::bad_input,
                    "All values are " + number(values(0)) + ": no transform makes them Gaussian.",
                    "Model another variable.");
}

}  // namespace anamorph
