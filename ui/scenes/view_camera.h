// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>

namespace anamorph {

/// A pixel of a view, in logical pixels, origin at the upper left.
using Pixel = Eigen::Vector2d;

/// A parallel projection of display coordinates on a view of `size` logical pixels. Two-dimensional
/// data are looked at along the third axis; three-dimensional data can be turned.
struct ViewCamera {
    Eigen::Vector3d centre = Eigen::Vector3d::Zero();       ///< shown in the middle of the view
    Eigen::Vector3d towards_eye = Eigen::Vector3d::UnitZ();  ///< unit vector
    Eigen::Vector3d up = Eigen::Vector3d::UnitY();           ///< unit vector
    double units_per_pixel = 0.01;
    Eigen::Vector2d size{100.0, 100.0};

    [[nodiscard]] Eigen::Vector3d right() const { return up.cross(towards_eye); }
    [[nodiscard]] Pixel project(const Eigen::Vector3d& display) const;
    /// Distance towards the eye, for ordering.
    [[nodiscard]] double depth(const Eigen::Vector3d& display) const;
    /// The display point under a pixel, in the plane through the centre.
    [[nodiscard]] Eigen::Vector3d unproject(const Pixel& pixel) const;

    /// Magnifies by `factor` so that what is under `pixel` stays there.
    void zoom_at(const Pixel& pixel, double factor);
    void pan(const Pixel& pixels);
    /// Turns as a trackball does when the pointer moves by `pixels`.
    void rotate(const Pixel& pixels);
    /// Looks obliquely from above, for three-dimensional data.
    void look_from_above();
    /// Shows the box from `lower` to `upper` (display coordinates) with a `margin` in pixels.
    void fit(const Eigen::Vector3d& lower, const Eigen::Vector3d& upper, double margin);
};

}  // namespace anamorph
