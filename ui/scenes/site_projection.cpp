// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/site_projection.h"

#include <Eigen/Geometry>

namespace anamorph {

SiteProjection::SiteProjection(const PointsInBoth& sites, const DisplayFrame& frame, double weight,
                               const ViewCamera& camera, double pixel_ratio)
    : sites_(sites), weight_(weight), dimension_(frame.dimension()) {
    Eigen::Matrix3d view;
    view.row(0) = camera.right().transpose() * (pixel_ratio / camera.units_per_pixel);
    view.row(1) = -camera.up.transpose() * (pixel_ratio / camera.units_per_pixel);
    view.row(2) = camera.towards_eye.transpose();
    Eigen::Vector3d display_origin = -camera.centre;
    for (int a = 0; a < dimension_; ++a) {
        along_[a] = frame.scale(a) * view.col(a);
        display_origin(a) -= frame.scale(a) * frame.centre(a);
    }
    origin_ = view * display_origin;
    origin_.x() += 0.5 * camera.size.x() * pixel_ratio;
    origin_.y() += 0.5 * camera.size.y() * pixel_ratio;
}

}  // namespace anamorph
