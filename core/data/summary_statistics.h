// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// The usual description of one variable's values, in its unit.
struct SummaryStatistics {
    Index count = 0;
    double minimum = 0.0, lower_quartile = 0.0, median = 0.0, upper_quartile = 0.0, maximum = 0.0;
    double mean = 0.0;
    double standard_deviation = 0.0;  ///< with n − 1
    double skewness = 0.0;            ///< third standardised moment; 0 where the deviation is 0
};
/// Quantiles interpolate linearly between order statistics. @throws Error(bad_input) when empty, Error(not_finite).
[[nodiscard]] SummaryStatistics summarise(const Vector& values);

/// Counts in equal classes between minimum and maximum.
struct Histogram {
    std::vector<double> centres;
    std::vector<double> counts;
    double class_width = 0.0;
};
/// `classes` 0: Freedman and Diaconis's rule, between 5 and 60. @throws Error(bad_input) when empty, Error(not_finite).
[[nodiscard]] Histogram histogram(const Vector& values, int classes = 0);

/// Φ⁻¹(p), 0 < p < 1, to 1e-12. @throws Error(bad_input) outside.
[[nodiscard]] double standard_normal_quantile(double p);

/// Points of a normal quantile plot: the sorted values against Φ⁻¹((i − ½)/n).
struct NormalQuantilePlot {
    std::vector<double> theoretical;
    std::vector<double> sample;
};
[[nodiscard]] NormalQuantilePlot normal_quantile_plot(const Vector& values);

/// Share of standardised values inside the central normal interval of the given probability.
[[nodiscard]] double normal_coverage(const Vector& standardised, double probability);

}  // namespace anamorph
