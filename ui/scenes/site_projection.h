// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scenes/display_frame.h"
#include "ui/scenes/view_camera.h"

namespace anamorph {

/// Where the sites of a snapshot lie on a view: working coordinates → pixels, as one affine map, so
/// that a million sites take milliseconds. Refers to the sites, which must outlive it.
class SiteProjection {
public:
    /// `weight`: where the view stands between the spaces; `pixel_ratio`: pixels a logical pixel.
    SiteProjection(const PointsInBoth& sites, const DisplayFrame& frame, double weight,
                   const ViewCamera& camera, double pixel_ratio = 1.0);

    /// Pixel (x, y; origin at the upper left) and depth towards the eye of one site; NaN for a site
    /// that has no place.
    [[nodiscard]] Eigen::Vector3d operator()(Index row) const {
        Eigen::Vector3d at = origin_;
        for (int a = 0; a < dimension_; ++a) {
            double x = 0.0;
            if (weight_ < 1.0) x += (1.0 - weight_) * sites_.in_geographic(row, a);
            if (weight_ > 0.0) x += weight_ * sites_.in_deformed(row, a);
            at += x * along_[a];
        }
        return at;
    }

private:
    const PointsInBoth& sites_;
    double weight_;
    int dimension_;
    Eigen::Vector3d along_[3];  ///< pixels and depth of a unit along each axis
    Eigen::Vector3d origin_;
};

}  // namespace anamorph
