// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// How many held-out values fall into the central prediction interval of one level.
struct CalibrationLevel {
    double level = 0.0;     ///< nominal
    double coverage = 0.0;  ///< share inside
    double standard_error = 0.0;  ///< √(level(1 − level)/m): of the share if the intervals were right and values independent
};

/// Calibration of predictions whose probability integral transforms at the held-out values are
/// u = F(z) (m, in [0, 1]; uniform where the predictions are right): the share of u within level/2 of ½
/// for each level. Dawid (1984), J. R. Statist. Soc. A 147:278; Gneiting, Balabdaoui and Raftery (2007),
/// J. R. Statist. Soc. B 69:243.
[[nodiscard]] std::vector<CalibrationLevel> calibration(
    const Vector& probability_integral, const std::vector<double>& levels = {0.5, 0.8, 0.9, 0.95, 0.99});

/// Counts of u in `bins` equal intervals of [0, 1]: flat where the predictions are right, a valley where
/// they are too sure, a hill where not sure enough.
[[nodiscard]] std::vector<Index> probability_integral_histogram(const Vector& probability_integral, int bins = 10);

}  // namespace anamorph
