// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

enum class Space { geographic, deformed };

/// Working coordinates → display coordinates, display = (x − centre)·scale by axis, so that pictures
/// are drawn near the origin in single precision whatever the size of the coordinates. Both spaces
/// of a snapshot share one frame. Axes have one scale unless their extents differ more than
/// thirtyfold (d = 2) or fivefold (d = 3, vertical exaggeration).
class DisplayFrame {
public:
    DisplayFrame() = default;
    explicit DisplayFrame(const SpacesSnapshot& snapshot);

    /// Row `row` of `points` (m×d) → display; missing axes are 0.
    [[nodiscard]] Eigen::Vector3d to_display(const Points& points, Index row) const;
    /// Display → working coordinates, 1×d.
    [[nodiscard]] Points from_display(const Eigen::Vector3d& display) const;
    [[nodiscard]] int dimension() const { return static_cast<int>(centre_.size()); }
    [[nodiscard]] double scale(int axis) const { return scale_(axis); }
    [[nodiscard]] double centre(int axis) const { return centre_(axis); }
    /// Whether lengths along the first two axes can be compared on the screen.
    [[nodiscard]] bool is_isotropic() const { return isotropic_; }

private:
    Vector centre_ = Vector::Zero(2);
    Vector scale_ = Vector::Ones(2);
    bool isotropic_ = true;
};

/// How far a scene stands between the spaces: 0 shows geographic, 1 deformed positions.
[[nodiscard]] Points between(const PointsInBoth& points, double weight);

}  // namespace anamorph
