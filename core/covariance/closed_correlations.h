// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/isotropic_correlation.h"

namespace anamorph {

/// The Matérn correlations that have a closed form, and the Gaussian (core/covariance/correlation.h).
class ClosedMatern final : public IsotropicCorrelation {
public:
    explicit ClosedMatern(Smoothness smoothness) : smoothness_(smoothness) {}
    void value(const double* s, Index count, double* rho) const override;
    void derivative(const double* s, Index count, double* derivative) const override;
    [[nodiscard]] IsotropicCorrelationPointer with_shape(const Vector& shape) const override;
    [[nodiscard]] std::optional<Smoothness> closed_form() const override { return smoothness_; }
    [[nodiscard]] double smoothness() const override { return smoothness_value(smoothness_); }
    [[nodiscard]] std::string label() const override;

private:
    Smoothness smoothness_;
};

/// 1 − 3h/2 + h³/2 up to the range 1, then 0.
class SphericalCorrelation final : public IsotropicCorrelation {
public:
    void value(const double* s, Index count, double* rho) const override;
    void derivative(const double* s, Index count, double* derivative) const override;
    [[nodiscard]] IsotropicCorrelationPointer with_shape(const Vector& shape) const override;
    [[nodiscard]] std::string label() const override { return "spherical"; }
};

/// 1 − 7h² + 35h³/4 − 7h⁵/2 + 3h⁷/4 up to the range 1, then 0.
class CubicCorrelation final : public IsotropicCorrelation {
public:
    void value(const double* s, Index count, double* rho) const override;
    void derivative(const double* s, Index count, double* derivative) const override;
    [[nodiscard]] IsotropicCorrelationPointer with_shape(const Vector& shape) const override;
    [[nodiscard]] std::string label() const override { return "cubic"; }
};

/// (1 + h^α)^{−β/α}; shape: [log(α/(2 − α)), log β], so that 0 < α < 2 (Gneiting and Schlather 2004,
/// SIAM Review 46:269, eq. 7).
class CauchyCorrelation final : public IsotropicCorrelation {
public:
    explicit CauchyCorrelation(double alpha = 1.5, double beta = 1.0) : alpha_(alpha), beta_(beta) {}
    void value(const double* s, Index count, double* rho) const override;
    void derivative(const double* s, Index count, double* derivative) const override;
    void shape_derivatives(const double* s, Index count, double* derivatives) const override;
    [[nodiscard]] Vector shape() const override;
    [[nodiscard]] IsotropicCorrelationPointer with_shape(const Vector& shape) const override;
    [[nodiscard]] Vector shape_prior_mean() const override { return Vector::Zero(2); }
    [[nodiscard]] Vector shape_prior_precision() const override { return Vector::Ones(2); }
    [[nodiscard]] std::vector<std::string> shape_names() const override;
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] double alpha() const { return alpha_; }
    [[nodiscard]] double beta() const { return beta_; }

private:
    double alpha_, beta_;
};

}  // namespace anamorph
