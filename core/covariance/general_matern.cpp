// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/general_matern.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/error.h"
#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

constexpr double least_smoothness = 0.05, greatest_smoothness = 30.0;
constexpr double least_distance = 1e-9, greatest_distance = 745.0;
constexpr int panels = 72, order = 14;
const double first_log = std::log(least_distance);
const double panel_width = (std::log(greatest_distance) - first_log) / panels;

/// log K_ν(h); GSL takes no negative order.
double log_bessel_k(double nu, double h) {
    gsl_sf_result result{};
    if (gsl_sf_bessel_lnKnu_e(std::abs(nu), h, &result) != GSL_SUCCESS)
        return -std::numeric_limits<double>::infinity();
    return result.val;
}

/// e^h 2^{1−ν}/Γ(ν) h^ν K_order(h).
double scaled(double nu, double order_of_k, double log_h) {
    const double h = std::exp(log_h);
    return std::exp((1.0 - nu) * std::numbers::ln2 - std::lgamma(nu) + nu * log_h +
                    log_bessel_k(order_of_k, h) + h);
}

}  // namespace

template <class Function>
void GeneralMatern::Table::fill(const Function& f) {
    coefficients_.resize(panels * order);
    double at[order], cosine[order][order];
    for (int k = 0; k < order; ++k)
        for (int j = 0; j < order; ++j)
            cosine[k][j] = std::cos(std::numbers::pi * k * (j + 0.5) / order);
    for (int p = 0; p < panels; ++p) {
        for (int j = 0; j < order; ++j)
            at[j] = f(first_log + panel_width * (p + 0.5 * (1.0 + cosine[1][j])));
        for (int k = 0; k < order; ++k) {
            double sum = 0.0;
            for (int j = 0; j < order; ++j) sum += at[j] * cosine[k][j];
            coefficients_[static_cast<std::size_t>(p * order + k)] = (k == 0 ? 1.0 : 2.0) * sum / order;
        }
    }
}

double GeneralMatern::Table::operator()(double log_h) const {
    const double place = (log_h - first_log) / panel_width;
    const int p = std::clamp(static_cast<int>(place), 0, panels - 1);
    const double x = 2.0 * (place - p) - 1.0;
    const double* c = coefficients_.data() + static_cast<std::size_t>(p) * order;
    double b1 = 0.0, b2 = 0.0;
    for (int k = order - 1; k > 0; --k) {
        const double b0 = c[k] + 2.0 * x * b1 - b2;
        b2 = b1;
        b1 = b0;
    }
    return c[0] + x * b1 - b2;
}

GeneralMatern::GeneralMatern(double nu)
    : nu_(std::clamp(nu, least_smoothness, greatest_smoothness)) {
    // GSL's own handler ends the program; failures are seen by their status instead.
    [[maybe_unused]] static const auto before = gsl_set_error_handler_off();
    value_.fill([&](double t) { return scaled(nu_, nu_, t); });
    by_log_distance_.fill([&](double t) { return -std::exp(t) * scaled(nu_, nu_ - 1.0, t); });
    constexpr double step = 1e-3;
    const auto at = [&](double times, double t) {
        const double shifted = nu_ * std::exp(times * step);
        return scaled(shifted, shifted, t);
    };
    by_log_smoothness_.fill([&](double t) {
        return (8.0 * (at(1.0, t) - at(-1.0, t)) - (at(2.0, t) - at(-2.0, t))) / (12.0 * step);
    });
}

void GeneralMatern::value(const double* s, Index count, double* rho) const {
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        rho[i] = h == 0.0                  ? 1.0
                 : h >= greatest_distance  ? 0.0
                                           : exp_nonpositive(-h) * value_(std::log(std::max(h, least_distance)));
    }
}

void GeneralMatern::derivative(const double* s, Index count, double* derivative) const {
    for (Index i = 0; i < count; ++i) {
        const double h = std::max(std::sqrt(s[i]), 1e-7);
        derivative[i] = h >= greatest_distance
                            ? 0.0
                            : 0.5 * exp_nonpositive(-h) * by_log_distance_(std::log(h)) / (h * h);
    }
}

void GeneralMatern::shape_derivatives(const double* s, Index count, double* derivatives) const {
    for (Index i = 0; i < count; ++i) {
        const double h = std::sqrt(s[i]);
        derivatives[i] = h == 0.0 || h >= greatest_distance
                             ? 0.0
                             : exp_nonpositive(-h) *
                                   by_log_smoothness_(std::log(std::max(h, least_distance)));
    }
}

Vector GeneralMatern::shape() const { return Vector::Constant(1, std::log(nu_)); }

IsotropicCorrelationPointer GeneralMatern::with_shape(const Vector& shape) const {
    if (shape.size() != 1 || !shape.allFinite())
        throw Error(ErrorCode::dimension_mismatch, "The Matérn correlation has one shape parameter.");
    return std::make_shared<GeneralMatern>(std::exp(std::clamp(shape(0), -10.0, 10.0)));
}

Vector GeneralMatern::shape_prior_mean() const { return Vector::Constant(1, 0.0); }
Vector GeneralMatern::shape_prior_precision() const { return Vector::Constant(1, 1.0); }

std::string GeneralMatern::label() const {
    char text[48];
    std::snprintf(text, sizeof text, "Matérn, ν = %.2f", nu_);
    return text;
}

}  // namespace anamorph
