// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/deformation/regions.h"
#include "core/fit/model_state.h"

namespace anamorph {

/// Regions of sites: k-means centres (standardised coordinates), numbered from west to east. As many
/// as asked for, or fewer, so that each holds at least ten sites. @throws Error(bad_input)
[[nodiscard]] std::shared_ptr<const Regions> regions_of(const Points& sites, int count, bool sharp,
                                                        std::uint64_t seed);

/// The regions that the model's specification draws (`region_outlines`): what lies in none of them is a
/// region of its own where it holds ten sites or more, and else belongs to the nearest.
/// @throws Error(bad_input) naming an outline with fewer than ten sites, Error(unsupported)
[[nodiscard]] std::shared_ptr<const SpatialBasis> outlined_regions_of(
    const ModelSpecification& specification, const SpatialDataset& dataset);

/// The regions' borders on the map, k×2 corners each in working coordinates: the drawn outlines and
/// their holes, or the cells around the centres within the sites' bounding box; d = 2, else none.
[[nodiscard]] std::vector<Points> region_borders(const ModelState& model);

/// Gives a model what its local covariance needs: the field of kernels, or the regions with their
/// covariances, log-scales and log-noises. Nothing for LocalCovariance::same.
/// @throws errors of outlined_regions_of
void set_local_fields(ModelState& model, std::uint64_t seed);

/// Each region has a mean of its own in each realisation, and without a site there nothing tells it: asked
/// where a fit begins. Nothing for models without regions.
/// @throws Error(bad_input) naming region and realisation
void refuse_empty_regions(const ModelState& model);

/// Puts regions in the place of the model's own, with all coefficients at their start.
void set_regions(ModelState& model, const std::shared_ptr<const SpatialBasis>& regions);

/// Features of the likelihood's auxiliary points, given where the deformation sends them (k×d) and the
/// local basis's values there (k×basis, or empty): SiteFeatures::auxiliary with the covariance's local
/// features beside the deformed coordinates where the model has a local basis.
[[nodiscard]] Points auxiliary_features(const ModelState& model, const Points& deformed,
                                        const Matrix& basis_values);

/// Columns of the model's trend matrix in d coordinates and q covariates: one constant a region where
/// the model has regions.
[[nodiscard]] int trend_columns(const ModelSpecification& specification, int d, Index q);

/// Whether the model has a stationary covariance, variance, nugget and mean in each of some regions.
[[nodiscard]] bool is_regional(const ModelSpecification& specification);

}  // namespace anamorph
