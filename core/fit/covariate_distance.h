// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/fit/model_state.h"

namespace anamorph {

// Covariates that are coordinates of the distance (ModelSpecification::distance_covariates).

/// Whether predictions need the data's covariates at their points: for the trend, or for the distance.
[[nodiscard]] bool needs_covariates(const ModelSpecification& specification);

/// The model's features of standardised points, with the covariates of its distance (local features).
/// `covariates` m×q, all of the data's in their order; may be empty where the distance has none.
/// @throws Error(dimension_mismatch) where they are missing.
[[nodiscard]] SiteFeatures features_at(const ModelState& model, const Points& x_standardised,
                                       const Matrix& covariates);

/// The standardised covariates of the distance, m×(their number); m×0 without any.
/// @throws Error(dimension_mismatch)
[[nodiscard]] Matrix distance_covariates(const ModelState& model, const Matrix& covariates, Index count);

/// Points in the space in which the model looks for neighbours: x itself, or [x, c] before the map and
/// [U, s c] after it.
struct SearchSpace {
    Points before;  ///< n×(d+q), standardised
    Points after;   ///< n×(d+q), deformed
};
[[nodiscard]] SearchSpace search_space(const ModelState& model, const Points& x_standardised,
                                       const Matrix& covariates);

/// What is wrong with the covariates that the distance asks for, in words. @throws Error(bad_input)
void check_distance_covariates(const SpatialDataset& dataset, const ModelSpecification& specification);

/// A covariate's part in the distance at the estimate.
struct CovariateScale {
    std::string name;
    double range = 0.0;        ///< difference of the covariate that counts like one range, its unit
    double equivalent = 0.0;   ///< length (coordinate unit) that one standard deviation of it counts like
};
[[nodiscard]] std::vector<CovariateScale> covariate_scales(const FittedModel& model);

}  // namespace anamorph
