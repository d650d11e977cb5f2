// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// Features of sites under a spatial map, in units of the range (ρ has range 1).
struct SiteFeatures {
    Points deformed;   ///< U, n×d
    Vector log_scale;  ///< l, n; empty for none
    /// Deformed coordinates of the likelihood's auxiliary points (mesh vertices, inducing sites),
    /// k×d; empty where it has none.
    Points auxiliary = {};
    /// The same points before the map, in the coordinates that the deformation takes, n×d; may be
    /// empty except where the SPDE, whose mesh lies there, kriges.
    Points geographic = {};
    /// Coefficients of the likelihood's own (the weights of SpdeVariation); empty for none.
    Vector coefficients = {};
};

}  // namespace anamorph
