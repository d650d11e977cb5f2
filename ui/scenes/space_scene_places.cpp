// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything of a scene lies: after a snapshot, a morph or another selection.
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene_parts.h"

namespace anamorph {

void SpaceScene::Parts::place_box() {
    DisplayPositions corners(8, 3);
    for (int c = 0; c < 8; ++c)
        for (int a = 0; a < 3; ++a) corners(c, a) = ((c >> a) & 1) ? upper(a) : lower(a);
    // The twelve edges as polylines need their ends repeated.
    DisplayPositions ends(24, 3);
    std::vector<Index> starts{0};
    Index row = 0;
    for (int a = 0; a < 3; ++a)
        for (int c = 0; c < 8; ++c)
            if (((c >> a) & 1) == 0) {
                ends.row(row++) = corners.row(c);
                ends.row(row++) = corners.row(c | (1 << a));
                starts.push_back(row);
            }
    box.set_positions(ends);
    box.set_lines(starts);
}

void SpaceScene::Parts::place_borders() {
    Index total = 0;
    std::vector<Index> starts{0};
    for (const auto& line : snapshot->region_borders) starts.push_back(total += line.size());
    DisplayPositions at(total, 3);
    for (std::size_t k = 0; k < snapshot->region_borders.size(); ++k)
        at.middleRows(starts[k], starts[k + 1] - starts[k]) = positions(snapshot->region_borders[k], ellipse_height);
    borders.set_positions(at);
    borders.set_lines(starts);
    if (frame.dimension() == 2) at.col(2).array() -= 0.5 * height_step;
    border_halo.set_positions(at);
    border_halo.set_lines(starts);
}

void SpaceScene::Parts::place_selection() {
    // A very large selection is shown by a part of it: more rings than pixels only cost time.
    ringed.clear();
    ++sites_version;
    const std::size_t step = selection.size() / 3'000 + 1;
    for (std::size_t k = 0; k < selection.size(); k += step) ringed.push_back(selection[k]);
    DisplayPositions at(static_cast<Index>(ringed.size()), 3);
    Index row = 0;
    for (const Index i : ringed)
        if (has_site(i)) at.row(row++) = site_position(i).transpose();
    at.conservativeResize(row, 3);
    if (frame.dimension() == 2) at.col(2).setConstant(height_step * static_cast<int>(selection_height));
    selected.set_positions(at);
    ColourTable colours;
    if (snapshot) {
        const ColourScale scale = colour_scale_of(*snapshot, layers);
        const bool by_value = is_of_values(layers.fill);
        for (const Index i : ringed)
            if (has_site(i))
                colours.push_back(by_value ? scale.colour(snapshot->values(i)) : theme.card);
    }
    selected.set_colours(colours);
}

void SpaceScene::place() {
    Parts& p = *parts_;
    const SpacesSnapshot& s = *p.snapshot;
    p.site_positions = p.positions(s.drawn_sites.empty()
                                       ? s.sites
                                       : PointsInBoth{s.sites.in_geographic(s.drawn_sites, Eigen::all),
                                                      s.sites.in_deformed(s.drawn_sites, Eigen::all)},
                                   site_height);
    p.sites.set_positions(p.site_positions);
    if (const auto& rows = s.present_sites)
        p.present.set_positions(p.positions(
            PointsInBoth{s.sites.in_geographic(*rows, Eigen::all), s.sites.in_deformed(*rows, Eigen::all)}, site_height));
    p.grid.set_positions(p.positions(s.warp.vertices, grid_height));
    p.grid.set_lines(s.warp.line_starts);
    p.map.set_positions(p.positions(s.map.corners, map_height));
    p.map.set_quads(s.map.cells);
    if (s.simulations && s.dimension > 1) {
        p.simulated.set_positions(p.positions(s.simulations->mesh.corners, map_height));
        p.simulated.set_quads(s.simulations->mesh.cells);
    }

    Index total = 0;
    std::vector<Index> starts{0};
    for (const auto& outline : s.ellipses.outlines) starts.push_back(total += outline.size());
    DisplayPositions outlines(total, 3);
    for (std::size_t k = 0; k < s.ellipses.outlines.size(); ++k)
        outlines.middleRows(starts[k], starts[k + 1] - starts[k]) =
            p.positions(s.ellipses.outlines[k], ellipse_height);
    p.ellipses.set_positions(outlines);
    p.ellipses.set_lines(starts);

    p.place_borders();

    const double w = p.weight();
    const auto corner = [&](const Vector& geographic, const Vector& deformed) {
        const Points at = ((1.0 - w) * geographic + w * deformed).transpose();
        return p.frame.to_display(at, 0);
    };
    p.lower = corner(s.lower_in_geographic, s.lower_in_deformed);
    p.upper = corner(s.upper_in_geographic, s.upper_in_deformed);
    if (s.dimension == 3) p.place_box();
    p.place_selection();
}

}  // namespace anamorph
