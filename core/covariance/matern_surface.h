// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace anamorph {

/// M(h, ν) = 2^{1−ν} h^ν K_ν(h), that is Γ(ν) times the Matérn correlation, as a function of both the
/// distance h and the smoothness ν in [least, greatest]: for covariances whose pairs differ in ν.
///
/// e^h M is a smooth function of log h and log ν. It is computed once, from GSL's log K_ν, and kept as
/// products of Chebyshev series on panels of both; derivatives are those of the series, so that they
/// belong to the value to rounding. Errors are below 1e-12 of Γ(ν).
/// Const functions are safe to call from several threads.
class MaternSurface {
public:
    static constexpr double least_smoothness = 0.2, greatest_smoothness = 4.0;

    /// The one table; the first call computes it, in tenths of a second.
    [[nodiscard]] static const MaternSurface& instance();

    struct Point {
        double value = 0.0;            ///< M
        double by_log_distance = 0.0;  ///< ∂M/∂(log h)
        double by_smoothness = 0.0;    ///< ∂M/∂ν
    };
    /// h > 0 (distances below 1e-9 count as 1e-9); ν within the bounds.
    [[nodiscard]] double value(double h, double nu) const;
    [[nodiscard]] Point with_derivatives(double h, double nu) const;

private:
    MaternSurface();
    std::vector<double> coefficients_;  // [panel of log ν][panel of log h][order in log h][order in log ν]
};

}  // namespace anamorph
