// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>
#include <numbers>

#include "core/data/spatial_dataset.h"
#include "core/fit/specification.h"

namespace anamorph {

/// Seconds a·x^q + b·x^p + c·x with a, b ≥ 0 through two measured points; c is added by the caller.
struct CostLaw {
    double linear = 0.0, power = 0.0, exponent = 1.0, lower = 1.0, each = 0.0;

    [[nodiscard]] static CostLaw through(double x1, double t1, double x2, double t2, double lower, double exponent);
    [[nodiscard]] double at(double x) const {
        return linear * std::pow(x, lower) + power * std::pow(x, exponent) + each * x;
    }
};

/// What an evaluation of a model costs, by its number of sites (SPDE: vertices), seconds.
struct CostLaws {
    CostLaw setup, evaluation, system, map_of_500;
};

/// The laws of a specification in d dimensions with one likelihood, from timings at two sizes on synthetic
/// sites; `within`: sites in a taper's range, `threads`: those that are used. Remembered for the process.
[[nodiscard]] const CostLaws& laws_of(ModelSpecification specification, int d, double within, int threads);

/// Uniform sites on [−1, 1]^d with a smooth value and some noise.
[[nodiscard]] std::shared_ptr<const SpatialDataset> synthetic_sites(Index n, int d);

/// Of a ball of radius 1 in d dimensions.
[[nodiscard]] inline double ball_volume(int d) {
    return d == 1 ? 2.0 : d == 2 ? std::numbers::pi : 4.0 / 3.0 * std::numbers::pi;
}

}  // namespace anamorph
