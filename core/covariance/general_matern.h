// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/covariance/isotropic_correlation.h"

namespace anamorph {

/// The Matérn correlation 2^{1−ν}/Γ(ν) h^ν K_ν(h) of any smoothness 0.05 ≤ ν ≤ 30, its only shape
/// parameter log ν.
///
/// e^h ρ, e^h dρ/d(log h) and e^h ∂ρ/∂(log ν) are smooth functions of log h. They are computed once,
/// from GSL's log K_ν (dρ/dh = −2^{1−ν}/Γ(ν) h^ν K_{ν−1}(h), Abramowitz and Stegun 9.6.28; by ν,
/// fourth-order differences), and kept as Chebyshev series on short panels of log h: to 1e-13 of ρ and
/// 1e-10 of its derivative by log ν, in tens of nanoseconds a pair instead of microseconds.
class GeneralMatern final : public IsotropicCorrelation {
public:
    explicit GeneralMatern(double nu = 1.5);

    void value(const double* s, Index count, double* rho) const override;
    void derivative(const double* s, Index count, double* derivative) const override;
    void shape_derivatives(const double* s, Index count, double* derivatives) const override;
    [[nodiscard]] Vector shape() const override;
    [[nodiscard]] IsotropicCorrelationPointer with_shape(const Vector& shape) const override;
    [[nodiscard]] Vector shape_prior_mean() const override;
    [[nodiscard]] Vector shape_prior_precision() const override;
    [[nodiscard]] std::vector<std::string> shape_names() const override { return {"log smoothness"}; }
    [[nodiscard]] double smoothness() const override { return nu_; }
    [[nodiscard]] std::string label() const override;

private:
    /// A smooth function of log h as Chebyshev series on panels.
    class Table {
    public:
        template <class Function>
        void fill(const Function& f);
        [[nodiscard]] double operator()(double log_h) const;

    private:
        std::vector<double> coefficients_;
    };

    double nu_;
    Table value_, by_log_distance_, by_log_smoothness_;
};

}  // namespace anamorph
