// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "ui/scenes/display_frame.h"
#include "ui/scenes/space_lookup.h"
#include "ui/scenes/view_camera.h"

namespace anamorph {

/// The cameras of both spaces, moved together: what is zoomed or panned to in one space is zoomed
/// and panned to, at its own place, in the other.
class LinkedCameras {
public:
    [[nodiscard]] const ViewCamera& camera(Space space) const { return cameras_[index(space)]; }

    void set_frame(const DisplayFrame& frame) { frame_ = frame; }
    void set_lookup(SpaceLookup lookup) { lookup_ = std::move(lookup); }
    /// A view's new size in logical pixels; keeps what it shows.
    void resize(Space space, const Eigen::Vector2d& size);
    void fit(Space space, const Eigen::Vector3d& lower, const Eigen::Vector3d& upper, double margin);
    /// Straight from above for d ≤ 2, obliquely for d = 3.
    void set_home_direction(int dimension);

    void zoom(Space space, const Pixel& pixel, double factor);
    void pan(Space space, const Pixel& pixels);
    void rotate(const Pixel& pixels);

    /// The same point in the other space, display coordinates.
    [[nodiscard]] Eigen::Vector3d in_other(Space space, const Eigen::Vector3d& display) const;

private:
    static std::size_t index(Space space) { return space == Space::geographic ? 0 : 1; }
    static Space other(Space space) {
        return space == Space::geographic ? Space::deformed : Space::geographic;
    }

    std::array<ViewCamera, 2> cameras_;
    DisplayFrame frame_;
    SpaceLookup lookup_;
};

}  // namespace anamorph
