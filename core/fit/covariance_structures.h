// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/fit/fitted_model.h"

namespace anamorph {

/// One structure of a nested covariance, or the covariance of one region, in the user's units.
struct CovarianceStructure {
    std::string label;          ///< "Matérn, ν = 0.5", "region 2"
    double partial_sill = 0.0;  ///< its share of σ², or σ² of the region, value unit squared
    double nugget = 0.0;        ///< τ² of the region, value unit squared; NaN for a nested structure
    double major_range = 0.0;   ///< longest practical range (ρ = 0.05), coordinate unit
    double minor_range = 0.0;   ///< shortest practical range
    double major_angle = 0.0;   ///< direction of the longest, degrees counter-clockwise from the first axis, d = 2
    double mean = 0.0;          ///< constant of the trend in the region, value unit; NaN where there is none
};

/// The parts of a model's covariance; empty where it is one. Ranges are in geographic space where the
/// deformation is linear, else in deformed space.
[[nodiscard]] std::vector<CovarianceStructure> covariance_structures(const FittedModel& model);

/// Correlation of Y at distances in deformed space (m, coordinate unit), averaged over directions and,
/// where the covariance differs from place to place, over sites: what an omnidirectional variogram in
/// deformed space estimates.
[[nodiscard]] Vector average_correlation(const FittedModel& model, const Vector& distances);

}  // namespace anamorph
