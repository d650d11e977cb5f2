// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// Functions φ_1 … φ_K of space along which something varies: the log-scale, the nugget, the kernels
/// of a process convolution, the weights of regions. Points are in standardised coordinates.
class SpatialBasis {
public:
    virtual ~SpatialBasis() = default;

    [[nodiscard]] virtual Index count() const = 0;                     ///< K
    [[nodiscard]] virtual Matrix values(const Points& x) const = 0;    ///< φ at points: n×K
    /// Precision of the Gaussian prior of each function's coefficient where it carries a log-scale.
    [[nodiscard]] virtual double log_scale_precision() const { return 4.0; }
};

}  // namespace anamorph
