// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/closed_correlations.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/covariance/correlation.h"

namespace anamorph {

namespace {

constexpr double smoothed_distance = 1e-7;

void require_shape(const Vector& shape, Index count) {
    if (shape.size() != count || !shape.allFinite())
        throw Error(ErrorCode::dimension_mismatch,
                    "The correlation has " + std::to_string(count) + " shape parameters, not " +
                        std::to_string(shape.size()) + ".");
}

std::string three_digits(double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", x);
    return text;
}

}  // namespace

void ClosedMatern::value(const double* s, Index count, double* rho) const {
    correlation(smoothness_, s, count, rho);
}
void ClosedMatern::derivative(const double* s, Index count, double* derivative) const {
    correlation_derivative(smoothness_, s, count, derivative);
}
IsotropicCorrelationPointer ClosedMatern::with_shape(const Vector& shape) const {
    require_shape(shape, 0);
    return std::make_shared<ClosedMatern>(smoothness_);
}
std::string ClosedMatern::label() const {
    return smoothness_ == Smoothness::infinite ? "Gaussian" : "Matérn, ν = " + to_string(smoothness_);
}

void SphericalCorrelation::value(const double* s, Index count, double* rho) const {
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        rho[i] = h < 1.0 ? 1.0 + h * (-1.5 + 0.5 * h * h) : 0.0;
    }
}
void SphericalCorrelation::derivative(const double* s, Index count, double* derivative) const {
    for (Index i = 0; i < count; ++i) {
        const double h = std::max(std::sqrt(s[i]), smoothed_distance);
        derivative[i] = h < 1.0 ? 0.75 * (h - 1.0 / h) : 0.0;
    }
}
IsotropicCorrelationPointer SphericalCorrelation::with_shape(const Vector& shape) const {
    require_shape(shape, 0);
    return std::make_shared<SphericalCorrelation>();
}

void CubicCorrelation::value(const double* s, Index count, double* rho) const {
    for (Index i = 0; i < count; ++i) {
        const double q = s[i], h = std::sqrt(q);
        rho[i] = h < 1.0 ? 1.0 + q * (-7.0 + h * (8.75 + q * (-3.5 + 0.75 * q))) : 0.0;
    }
}
void CubicCorrelation::derivative(const double* s, Index count, double* derivative) const {
    for (Index i = 0; i < count; ++i) {
        const double q = s[i], h = std::sqrt(q);
        derivative[i] = h < 1.0 ? -7.0 + h * (13.125 + q * (-8.75 + 2.625 * q)) : 0.0;
    }
}
IsotropicCorrelationPointer CubicCorrelation::with_shape(const Vector& shape) const {
    require_shape(shape, 0);
    return std::make_shared<CubicCorrelation>();
}

void CauchyCorrelation::value(const double* s, Index count, double* rho) const {
    for (Index i = 0; i < count; ++i)
        rho[i] = std::pow(1.0 + std::pow(s[i], 0.5 * alpha_), -beta_ / alpha_);
}
void CauchyCorrelation::derivative(const double* s, Index count, double* derivative) const {
    for (Index i = 0; i < count; ++i) {
        const double q = std::max(s[i], smoothed_distance * smoothed_distance);
        const double power = std::pow(q, 0.5 * alpha_);
        derivative[i] = -0.5 * beta_ * power / q * std::pow(1.0 + power, -beta_ / alpha_ - 1.0);
    }
}
void CauchyCorrelation::shape_derivatives(const double* s, Index count, double* derivatives) const {
    const double by_logit = 0.5 * alpha_ * (2.0 - alpha_);  // dα of α = 2/(1 + e^{−logit})
    for (Index i = 0; i < count; ++i) {
        const double q = std::max(s[i], smoothed_distance * smoothed_distance);
        const double power = std::pow(q, 0.5 * alpha_), one = std::log1p(power);
        const double rho = std::exp(-beta_ / alpha_ * one);
        const double by_alpha =
            rho * beta_ / alpha_ * (one / alpha_ - power / (1.0 + power) * 0.5 * std::log(q));
        derivatives[i] = by_alpha * by_logit;
        derivatives[count + i] = -rho * one * beta_ / alpha_;
    }
}
Vector CauchyCorrelation::shape() const {
    Vector shape(2);
    shape << std::log(alpha_ / (2.0 - alpha_)), std::log(beta_);
    return shape;
}
IsotropicCorrelationPointer CauchyCorrelation::with_shape(const Vector& shape) const {
    require_shape(shape, 2);
    // α stays a little below 2, where a derivative by it would vanish, and above 0.02.
    return std::make_shared<CauchyCorrelation>(
        std::clamp(2.0 / (1.0 + std::exp(-shape(0))), 0.02, 2.0 - 1e-9),
        std::exp(std::clamp(shape(1), -12.0, 12.0)));
}
std::vector<std::string> CauchyCorrelation::shape_names() const {
    return {"logit of half the exponent α", "log exponent β"};
}
std::string CauchyCorrelation::label() const {
    return "Cauchy, α = " + three_digits(alpha_) + ", β = " + three_digits(beta_);
}

}  // namespace anamorph
