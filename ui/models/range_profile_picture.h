// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/fit/range_profile.h"

namespace anamorph {

/// A model's prediction along data in one dimension.
struct TransectCurve {
    std::string label;
    Vector mean, standard_deviation;  ///< of the signal
};

/// What is drawn of a profile of the range: the profile and, where the data lie on a line, the
/// prediction at each of its minima beside that of the deformed model.
struct RangeProfilePicture {
    RangeProfile profile;
    std::string unit;  ///< of the coordinates
    std::shared_ptr<const SpatialDataset> dataset;
    Vector x;                          ///< d = 1: where the curves are; else empty
    std::vector<TransectCurve> kernels;  ///< of the minima, in their order
    std::vector<TransectCurve> warped;   ///< of the shown model, where it deforms space; at most one
};

}  // namespace anamorph
