// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/power_transforms.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/data/gauss_rules.h"

namespace anamorph {

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
constexpr double largest_exponent = 300.0;  // e^300: what is larger is no sensible value
constexpr double least_lambda = 1e-6;       // below: the logarithm
constexpr double largest_lambda = 2.0;

double bounded_exp(double x) { return std::exp(std::min(x, largest_exponent)); }

std::string parameter_text(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.4g", x);
    return text;
}

/// "z", "z + 0.5"
std::string shifted(double shift) { return shift == 0.0 ? "z" : "z + " + parameter_text(shift); }

std::string about_shift(double shift) {
    return shift == 0.0 ? "All values are positive, so nothing is added to them."
                        : "Not all values are positive, so " + parameter_text(shift) +
                              " is added to each before the transform.";
}

/// Profile log-likelihood of λ; values z + shift divided by their geometric mean, which makes the
/// Jacobian constant.
double profile(const Vector& log_ratio, const Matrix& q, double lambda) {
    Vector y(log_ratio.size());
    for (Index i = 0; i < y.size(); ++i)
        y(i) = std::abs(lambda) < least_lambda ? log_ratio(i) : std::expm1(lambda * log_ratio(i)) / lambda;
    if (q.cols() > 0) y -= q * (q.transpose() * y);
    return -0.5 * static_cast<double>(y.size()) * std::log(std::max(y.squaredNorm(), 1e-300));
}

/// Maximum of a function with one maximum in [low, high], by golden sections.
template <class Function>
double maximum_of(const Function& f, double low, double high) {
    const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double fa = f(a), fb = f(b);
    while (high - low > 1e-7) {
        if (fa >= fb) {
            high = b, b = a, fb = fa;
            a = high - golden * (high - low), fa = f(a);
        } else {
            low = a, a = b, fa = fb;
            b = low + golden * (high - low), fb = f(b);
        }
    }
    return 0.5 * (low + high);
}

}  // namespace

double choose_shift(const Vector& values) {
    require_transformable(values);
    const double least = values.minCoeff();
    if (least > 0.0) return 0.0;
    std::vector<double> ordered(values.data(), values.data() + values.size());
    const auto middle = ordered.begin() + static_cast<std::ptrdiff_t>(ordered.size() / 2);
    std::nth_element(ordered.begin(), middle, ordered.end());
    const double centre = *middle > least ? *middle : values.mean();
    return -least + 0.25 * (centre - least);
}

// --- logarithm ------------------------------------------------------------------------------

double LogTransform::forward(double z) const {
    return z + shift_ > 0.0 ? std::log(z + shift_) : minus_infinity;
}
double LogTransform::inverse(double y) const { return bounded_exp(y) - shift_; }

OriginalMoments LogTransform::moments(double m, double v) const {
    const double mean = bounded_exp(m + 0.5 * v);
    return {mean - shift_, std::expm1(std::min(v, largest_exponent)) * bounded_exp(2.0 * m + v)};
}

std::string LogTransform::label() const { return "log(" + shifted(shift_) + ")"; }
std::string LogTransform::description() const {
    return "The logarithm of the values is modelled. " + about_shift(shift_);
}
std::vector<std::pair<std::string, double>> LogTransform::parameters() const {
    return {{"shift", shift_}};
}

// --- square root ----------------------------------------------------------------------------

double SquareRootTransform::forward(double z) const {
    return z + shift_ > 0.0 ? std::sqrt(z + shift_) : minus_infinity;
}
double SquareRootTransform::inverse(double y) const {
    const double root = std::max(y, 0.0);
    return root * root - shift_;
}
double SquareRootTransform::derivative(double z) const { return 0.5 / std::sqrt(z + shift_); }

OriginalMoments SquareRootTransform::moments(double m, double v) const {
    if (!(v > 0.0)) return {inverse(m), 0.0};
    // E[max(Y, 0)^k] by the recurrence E_k = m E_{k−1} + (k − 1) v E_{k−2}, k ≥ 2.
    const double s = std::sqrt(v), t = m / s;
    const double e0 = normal_cdf(t), e1 = m * e0 + s * normal_density(t);
    const double e2 = m * e1 + v * e0, e3 = m * e2 + 2.0 * v * e1, e4 = m * e3 + 3.0 * v * e2;
    // Far above zero the difference of large numbers is avoided: Var[Y²] = 4m²v + 2v².
    const double variance = t > 8.0 ? 4.0 * m * m * v + 2.0 * v * v : e4 - e2 * e2;
    return {e2 - shift_, std::max(variance, 0.0)};
}

std::string SquareRootTransform::label() const {
    return shift_ == 0.0 ? "√z" : "√(" + shifted(shift_) + ")";
}
std::string SquareRootTransform::description() const {
    return "The square root of the values is modelled. " + about_shift(shift_);
}
std::vector<std::pair<std::string, double>> SquareRootTransform::parameters() const {
    return {{"shift", shift_}};
}

// --- Box–Cox --------------------------------------------------------------------------------

BoxCoxTransform::BoxCoxTransform(double shift, double lambda) : shift_(shift), lambda_(lambda) {
    if (!(lambda >= 0.0 && lambda <= largest_lambda))
        throw Error(ErrorCode::bad_input, "λ of a Box–Cox transform lies between 0 and 2.");
}

std::shared_ptr<const BoxCoxTransform> BoxCoxTransform::estimated(const Vector& values,
                                                                  const Matrix& trend) {
    const double shift = choose_shift(values);
    Vector log_ratio = (values.array() + shift).log();
    log_ratio.array() -= log_ratio.mean();
    Matrix q;
    if (trend.cols() > 0) q = column_space(trend);
    double lambda = maximum_of([&](double l) { return profile(log_ratio, q, l); }, 0.0, largest_lambda);
    if (lambda < 1e-5) lambda = 0.0;
    return std::make_shared<BoxCoxTransform>(shift, lambda);
}

double BoxCoxTransform::forward(double z) const {
    if (!(z + shift_ > 0.0)) return minus_infinity;
    const double l = std::log(z + shift_);
    return lambda_ < least_lambda ? l : std::expm1(lambda_ * l) / lambda_;
}

double BoxCoxTransform::inverse(double y) const {
    if (lambda_ < least_lambda) return bounded_exp(y) - shift_;
    const double inside = lambda_ * y;
    return inside <= -1.0 ? -shift_ : bounded_exp(std::log1p(inside) / lambda_) - shift_;
}

double BoxCoxTransform::least_transformed() const {
    return lambda_ < least_lambda ? minus_infinity : -1.0 / lambda_;
}

double BoxCoxTransform::derivative(double z) const { return std::pow(z + shift_, lambda_ - 1.0); }

OriginalMoments BoxCoxTransform::moments(double m, double v) const {
    return lambda_ < least_lambda ? LogTransform(shift_).moments(m, v) : ValueTransform::moments(m, v);
}

std::string BoxCoxTransform::label() const {
    if (lambda_ < least_lambda) return "log(" + shifted(shift_) + ")";
    return "((" + shifted(shift_) + ")^" + parameter_text(lambda_) + " − 1)/" + parameter_text(lambda_);
}
std::string BoxCoxTransform::description() const {
    std::string text = "A power of the values is modelled (Box–Cox), λ = " + parameter_text(lambda_) +
                       " by maximum likelihood. ";
    if (lambda_ < least_lambda)
        text += "That is the logarithm: the most skewed that is allowed, since below it no mean exists. ";
    if (lambda_ > largest_lambda - 1e-4)
        text += "That is the largest that is allowed: the values are skewed to the left. ";
    return text + about_shift(shift_);
}
std::vector<std::pair<std::string, double>> BoxCoxTransform::parameters() const {
    return {{"shift", shift_}, {"lambda", lambda_}};
}

}  // namespace anamorph
