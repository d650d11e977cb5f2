// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/deformation/spatial_basis.h"

namespace anamorph {

/// An outline with a hole (each k×2 corners in turn, closed by itself) as one ring: the hole is entered by a
/// cut between the nearest corners and left the same way, so that by the even-odd rule it is no part of the
/// inside. Further holes may be added to the result.
[[nodiscard]] Points with_hole(const Points& outline, const Points& hole);

/// The border of such a ring as closed rings without the cuts, the outline first, then its holes; k×2 corners
/// each.
[[nodiscard]] std::vector<Points> border_rings(const Points& ring);

/// Whether points (n×d, the first two columns count) lie inside a polygon (k×2 corners in turn, closed
/// by itself): even-odd rule; n values.
[[nodiscard]] std::vector<bool> inside(const Points& outline, const Points& points);
/// Distances of points (n×d, the first two columns) to the line of a polygon's border, n; cuts to its holes,
/// which are walked both ways, are no border.
[[nodiscard]] Vector distance_to_border(const Points& outline, const Points& points);

/// Regions within drawn outlines: weights w_1 … w_K that sum to one at every point. Where outlines
/// overlap the first one counts. What lies in none is a region of its own, the last, or belongs to the
/// nearest outline.
///   sharp     1 in the point's region, else 0
///   blended   softmax of −δ_k²/(2h²), δ_k the distance to region k (0 inside), h = 0.2 in standardised
///             coordinates, a tenth of the data's longest side
class OutlineRegions final : public SpatialBasis {
public:
    /// Corners in standardised coordinates; `rest`: what lies in no outline is a region of its own.
    /// @throws Error(bad_input) for no outline, or one of fewer than three corners or without area.
    OutlineRegions(std::vector<Points> outlines, bool rest, bool sharp);
    [[nodiscard]] Index count() const override { return static_cast<Index>(outlines_.size()) + (rest_ ? 1 : 0); }
    [[nodiscard]] Matrix values(const Points& x) const override;
    [[nodiscard]] double log_scale_precision() const override { return 1.0; }

    [[nodiscard]] bool has_rest() const { return rest_; }

private:
    /// Distance of each point to each region, n×K.
    [[nodiscard]] Matrix distances(const Points& x) const;

    std::vector<Points> outlines_;
    bool rest_, sharp_;
};

}  // namespace anamorph
