// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Monotone rational-quadratic spline on [−B, B] with K bins, the identity outside (Gregory and
/// Delbourgo 1982; Durkan, Bekasov, Murray, Papamakarios 2019, NeurIPS, eq. 4 to 8). Raw parameters
/// (3K − 1): widths and heights of the bins through a softmax, slopes at the inner knots through a
/// softplus; the slopes at ±B are 1. All zero: the identity.
class RationalQuadraticSpline {
public:
    /// `bins` K from 2 to 40, `extent` B. @throws Error(bad_input)
    RationalQuadraticSpline(int bins, double extent);

    [[nodiscard]] int bins() const { return bins_; }
    [[nodiscard]] Index raw_count() const { return 3 * bins_ - 1; }

    /// The spline for one set of raw parameters.
    struct Knots {
        std::vector<double> x, y, slope;  ///< K + 1 each
    };
    void set(const double* raw, Knots& knots) const;

    /// Value at x, and log of the slope there.
    [[nodiscard]] double value(const Knots& knots, double x, double& log_slope) const;
    [[nodiscard]] double inverse(const Knots& knots, double y) const;
    /// Given the cotangents g of the value and γ of the log-slope: that of x is returned, those of the
    /// raw parameters (3K − 1) are written to `d_raw`.
    double pull_back(const double* raw, const Knots& knots, double x, double g, double gamma,
                     double* d_raw) const;

private:
    int bins_;
    double extent_;
};

}  // namespace anamorph
