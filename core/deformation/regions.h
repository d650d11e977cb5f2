// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/spatial_basis.h"

namespace anamorph {

/// Regions around centres: weights w_1 … w_K that sum to one at every point.
///   sharp     1 in the region whose centre is nearest, else 0 (Voronoi cells)
///   blended   softmax of −|x − c_k|²/(2h²), h half the mean distance of a centre to its nearest other
class Regions final : public SpatialBasis {
public:
    /// Centres K×d in standardised coordinates. @throws Error(bad_input) for none, or two alike.
    Regions(Points centres, bool sharp);
    [[nodiscard]] Index count() const override { return centres_.rows(); }
    [[nodiscard]] Matrix values(const Points& x) const override;
    [[nodiscard]] double log_scale_precision() const override { return 1.0; }

    [[nodiscard]] const Points& centres() const { return centres_; }
    [[nodiscard]] bool sharp() const { return sharp_; }

private:
    Points centres_;
    bool sharp_;
    double width_ = 1.0;  // h
};

}  // namespace anamorph
