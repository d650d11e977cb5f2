// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/spatial_dataset.h"
#include "core/fit/specification.h"

namespace anamorph {

/// The affine change of coordinates in which models are fitted: the bounding box's centre to 0 and
/// its half-width to 1. One half-width (the largest) for all axes, so that shapes are kept; in
/// three dimensions the vertical axis has its own, and time always. Geocentric axes share one. Covariates are centred and scaled to unit
/// standard deviation.
struct Standardisation {
    Vector centre;       ///< d, working coordinates
    Vector half_width;   ///< d, positive
    Vector covariate_mean, covariate_sd;  ///< q

    [[nodiscard]] static Standardisation of(const SpatialDataset& dataset);
    [[nodiscard]] Points standardised(const Points& x_in_geographic) const;
    [[nodiscard]] Points geographic(const Points& x_standardised) const;
};

/// H at sites: no column, [1], [1, x], [1, x, x_a x_b for a ≤ b] or [1, covariates], m×q, coordinates
/// and covariates standardised.
/// @throws Error(dimension_mismatch) where covariates are missing or of the wrong number.
[[nodiscard]] Matrix trend_matrix(Trend trend, const Standardisation& standardisation,
                                  const Points& x_standardised, const Matrix& covariates);

/// β of trend_matrix → β in the user's units: of [1, x, y, z], of [1, x, y, xx, xy, yy], or of
/// [1, covariates].
[[nodiscard]] Vector trend_in_user_units(Trend trend, const Standardisation& standardisation,
                                         const Vector& beta);

}  // namespace anamorph
