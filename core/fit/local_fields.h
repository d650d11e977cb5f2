// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/deformation/regions.h"
#include "core/fit/model_state.h"

namespace anamorph {

/// Regions of sites: k-means centres (standardised coordinates), numbered from west to east. As many
/// as asked for, or fewer, so that each holds at least ten sites. @throws Error(bad_input)
[[nodiscard]] std::shared_ptr<const Regions> regions_of(const Points& sites, int count, bool sharp,
                                                        std::uint64_t seed);

/// Gives a model what its local covariance needs: the field of kernels, or the regions with their
/// covariances, log-scales and log-noises. Nothing for LocalCovariance::same.
void set_local_fields(ModelState& model, std::uint64_t seed);

/// Puts regions in the place of the model's own, with all coefficients at their start.
void set_regions(ModelState& model, const std::shared_ptr<const Regions>& regions);

/// Columns of the model's trend matrix in d coordinates and q covariates: one constant a region where
/// the model has regions.
[[nodiscard]] int trend_columns(const ModelSpecification& specification, int d, Index q);

/// Whether the model has a stationary covariance, variance, nugget and mean in each of some regions.
[[nodiscard]] bool is_regional(const ModelSpecification& specification);

}  // namespace anamorph
