// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/view_camera.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <limits>
#include <numbers>

namespace anamorph {

Pixel ViewCamera::project(const Eigen::Vector3d& display) const {
    const Eigen::Vector3d offset = display - centre;
    return {0.5 * size.x() + offset.dot(right()) / units_per_pixel,
            0.5 * size.y() - offset.dot(up) / units_per_pixel};
}

double ViewCamera::depth(const Eigen::Vector3d& display) const {
    return (display - centre).dot(towards_eye);
}

Eigen::Vector3d ViewCamera::unproject(const Pixel& pixel) const {
    return centre + units_per_pixel * ((pixel.x() - 0.5 * size.x()) * right() +
                                       (0.5 * size.y() - pixel.y()) * up);
}

void ViewCamera::zoom_at(const Pixel& pixel, double factor) {
    const Eigen::Vector3d fixed = unproject(pixel);
    const double wanted = std::clamp(units_per_pixel / factor, 1e-8, 1.0);
    centre = fixed + (centre - fixed) * (wanted / units_per_pixel);
    units_per_pixel = wanted;
}

void ViewCamera::pan(const Pixel& pixels) {
    centre += units_per_pixel * (pixels.y() * up - pixels.x() * right());
}

void ViewCamera::rotate(const Pixel& pixels) {
    const double per_pixel = std::numbers::pi / std::max(1.0, size.minCoeff());
    const Eigen::Matrix3d turn =
        (Eigen::AngleAxisd(-pixels.x() * per_pixel, up) *
         Eigen::AngleAxisd(-pixels.y() * per_pixel, right()))
            .toRotationMatrix();
    towards_eye = (turn * towards_eye).normalized();
    up = turn * up;
    up = (up - up.dot(towards_eye) * towards_eye).normalized();
}

void ViewCamera::look_from_above() {
    towards_eye = Eigen::Vector3d(-0.55, -1.0, 0.75).normalized();
    up = Eigen::Vector3d::UnitZ();
    up = (up - up.dot(towards_eye) * towards_eye).normalized();
}

void ViewCamera::fit(const Eigen::Vector3d& lower, const Eigen::Vector3d& upper, double margin) {
    if (!(lower.array() <= upper.array()).all()) return;
    centre = 0.5 * (lower + upper);
    Eigen::Vector2d half = Eigen::Vector2d::Constant(1e-6);
    for (int corner = 0; corner < 8; ++corner) {
        const Eigen::Vector3d at((corner & 1) ? upper.x() : lower.x(),
                                 (corner & 2) ? upper.y() : lower.y(),
                                 (corner & 4) ? upper.z() : lower.z());
        half.x() = std::max(half.x(), std::abs((at - centre).dot(right())));
        half.y() = std::max(half.y(), std::abs((at - centre).dot(up)));
    }
    const Eigen::Vector2d room =
        (size - Eigen::Vector2d::Constant(2.0 * margin)).cwiseMax(Eigen::Vector2d::Constant(10.0));
    units_per_pixel = (2.0 * half.array() / room.array()).maxCoeff();
}

}  // namespace anamorph
