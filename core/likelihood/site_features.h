// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Features of sites under a spatial map, in units of the range (ρ has range 1).
struct SiteFeatures {
    Points deformed;   ///< U, n×d
    Vector log_scale;  ///< l, n; empty for none
    /// Deformed coordinates of the likelihood's auxiliary points (mesh vertices, inducing sites), k×d,
    /// for the predictive process followed by the covariance's local features there; empty where it
    /// has none.
    Points auxiliary = {};
    /// The sites before the map, in the coordinates that the deformation takes, n×d; may be
    /// empty except where the SPDE, whose mesh lies there, kriges.
    Points geographic = {};
    /// Coefficients of the pair covariance (PairCovariance::coefficients), or of the SPDE's own
    /// variation (the weights of SpdeVariation); empty for none.
    Vector coefficients = {};
    Vector log_noise = {};  ///< t, n: the nugget is τ² e^{t} e^{l}; empty for none
    /// What the pair covariance needs of a site beside U (its local kernel, its weights of regions),
    /// n×PairCovariance::local_count(); may be empty where that is 0.
    Matrix local = {};
    /// The place of each site's realisation among the data's (SpatialDataset::realisation_labels), n;
    /// empty where there is one. Sites of different realisations are independent.
    std::vector<int> realisation = {};
};

}  // namespace anamorph
