// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/scenes/display_frame.h"
#include "ui/scenes/view_camera.h"

namespace anamorph {

/// What a view shows of a snapshot's sites; refers to its members.
struct SitesInView {
    const SpacesSnapshot& snapshot;
    const DisplayFrame& frame;
    double weight;  ///< where the view stands between the spaces
    const ViewCamera& camera;
};

/// The site nearest to a pixel, within `tolerance` pixels, in 3-D of several at one pixel the nearest
/// to the eye; −1 if there is none. All sites count, also those that are not drawn while views move.
[[nodiscard]] Index pick_site(const SitesInView& view, const Pixel& pixel, double tolerance);
/// Sites whose pixels lie in the rectangle, ascending.
[[nodiscard]] std::vector<Index> pick_sites_in(const SitesInView& view, const Pixel& first, const Pixel& last);

}  // namespace anamorph
