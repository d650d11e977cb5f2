// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/space_scene.h"

#include <vtkAutoInit.h>
#include <vtkCamera.h>

#include "ui/scenes/probe_contours.h"
#include "ui/scenes/site_picking.h"
#include "ui/scenes/space_scene_parts.h"

// The renderer's OpenGL classes register themselves with VTK's factories.
VTK_MODULE_INIT(vtkRenderingOpenGL2)

namespace anamorph {

void SpaceScene::Parts::show_layers() {
    const bool any = snapshot != nullptr;
    map.set_visible(any && fills_map(*snapshot, layers) && !is_of_simulations(layers.fill));
    simulated.set_visible(any && fills_map(*snapshot, layers) && is_of_simulations(layers.fill));
    grid.set_visible(any && layers.grid);
    ellipses.set_visible(any && layers.ellipses);
    borders.set_visible(any && !snapshot->region_borders.empty());
    border_halo.set_visible(any && !snapshot->region_borders.empty());
    probe.set_visible(any && layers.probe && probe_at.has_value());
    probe_halo.set_visible(any && layers.probe && probe_at.has_value());
    pointer_ellipse.set_visible(any && layers.ellipses && pointer_outline.has_value());
    sites.set_visible(any && layers.sites);
    present.set_visible(any && layers.sites && snapshot->present_sites.has_value());
    selected.set_visible(any && !selection.empty());
    box.set_visible(any && snapshot->dimension == 3);
}

SpaceScene::SpaceScene(Space space) : parts_(std::make_unique<Parts>(space)) { set_theme({}); }
SpaceScene::~SpaceScene() = default;

vtkRenderer* SpaceScene::renderer() const { return parts_->renderer; }
const DisplayFrame& SpaceScene::frame() const { return parts_->frame; }
const DisplayPositions& SpaceScene::site_positions() const { return parts_->site_positions; }
Eigen::Vector3d SpaceScene::site_position(Index row) const {
    return parts_->has_site(row) ? parts_->site_position(row) : Eigen::Vector3d::Zero();
}

void SpaceScene::set_snapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    Parts& p = *parts_;
    p.snapshot = std::move(snapshot);
    if (p.snapshot) {
        p.frame = DisplayFrame(*p.snapshot);
        place();
        colour();
    }
    p.show_layers();
}

void SpaceScene::set_layers(const LayerSettings& layers) {
    Parts& p = *parts_;
    const bool moved = p.layers.morph != layers.morph && p.space == Space::deformed;
    LayerSettings same_but_realisation = layers;
    same_but_realisation.realisation = p.layers.realisation;
    same_but_realisation.passage = p.layers.passage;
    const bool only_another_realisation = same_but_realisation == p.layers;
    p.layers = layers;
    if (only_another_realisation) {  // a film of simulations
        if (p.snapshot) colour_map();
        return;
    }
    if (p.snapshot) {
        if (moved) place();
        colour();
        if (moved) set_probe(p.probe_at);
    }
    p.show_layers();
}

void SpaceScene::set_theme(const SceneTheme& theme) {
    Parts& p = *parts_;
    p.theme = theme;
    p.renderer->SetBackground(theme.card[0], theme.card[1], theme.card[2]);
    p.box.set_colour(theme.hairline, 1.0);
    if (p.snapshot) colour();
}

void SpaceScene::set_selection(const std::vector<Index>& rows) {
    parts_->selection = rows;
    if (parts_->snapshot) parts_->place_selection();
    parts_->show_layers();
}

void SpaceScene::set_probe(const std::optional<Points>& u_in_deformed) {
    Parts& p = *parts_;
    p.probe_at = u_in_deformed;
    if (p.snapshot && p.layers.probe && u_in_deformed) {
        const PointsOfLines contours = correlation_contours(*p.snapshot, *u_in_deformed, p.weight());
        DisplayPositions at(contours.points.rows(), 3);
        for (Index i = 0; i < at.rows(); ++i)
            at.row(i) = p.frame.to_display(contours.points, i).transpose();
        if (p.frame.dimension() == 2) at.col(2).setConstant(height_step * static_cast<int>(probe_height));
        p.probe.set_positions(at);
        p.probe.set_lines(contours.starts);
        // Blue lines on a blue map are seen by what lies around them.
        if (p.frame.dimension() == 2) at.col(2).array() -= 0.5 * height_step;
        p.probe_halo.set_positions(at);
        p.probe_halo.set_lines(contours.starts);
    }
    p.show_layers();
}

void SpaceScene::set_pointer_ellipse(const std::optional<PointsInBoth>& outline) {
    Parts& p = *parts_;
    p.pointer_outline = outline;
    if (outline) {
        p.pointer_ellipse.set_positions(p.positions(*outline, probe_height));
        p.pointer_ellipse.set_lines({0, outline->size()});
    }
    p.show_layers();
}

void SpaceScene::set_camera(const ViewCamera& camera, double pixel_ratio) {
    Parts& p = *parts_;
    vtkCamera* c = p.renderer->GetActiveCamera();
    constexpr double distance = 10.0;
    const Eigen::Vector3d eye = camera.centre + distance * camera.towards_eye;
    c->ParallelProjectionOn();
    c->SetParallelScale(0.5 * camera.size.y() * camera.units_per_pixel);
    c->SetFocalPoint(camera.centre.data());
    c->SetPosition(eye.data());
    c->SetViewUp(camera.up.data());
    c->SetClippingRange(distance - 8.0, distance + 8.0);
    p.ellipses.set_line_width(1.2 * pixel_ratio);
    p.borders.set_line_width(2.0 * pixel_ratio);
    p.border_halo.set_line_width(4.0 * pixel_ratio);
    p.grid.set_line_width((p.layers.grid_by_log_det ? 1.6 : 1.0) * pixel_ratio);
    p.probe.set_line_width(1.6 * pixel_ratio);
    p.probe_halo.set_line_width(4.0 * pixel_ratio);
    p.pointer_ellipse.set_line_width(1.6 * pixel_ratio);
    p.box.set_line_width(1.0 * pixel_ratio);
    p.sites.set_units_per_pixel(camera.units_per_pixel);
    p.present.set_units_per_pixel(camera.units_per_pixel);
    p.selected.set_units_per_pixel(camera.units_per_pixel);
}

void SpaceScene::bounds(Eigen::Vector3d& lower, Eigen::Vector3d& upper) const {
    lower = parts_->lower;
    upper = parts_->upper;
}

Index SpaceScene::pick(const ViewCamera& camera, const Pixel& pixel, double tolerance) const {
    return parts_->snapshot ? pick_site({*parts_->snapshot, parts_->frame, parts_->weight(), camera}, pixel, tolerance) : -1;
}

std::vector<Index> SpaceScene::pick_in(const ViewCamera& camera, const Pixel& first,
                                       const Pixel& last) const {
    if (!parts_->snapshot) return {};
    return pick_sites_in({*parts_->snapshot, parts_->frame, parts_->weight(), camera}, first, last);
}

std::optional<SiteRasterRequest> SpaceScene::all_sites(const ViewCamera& camera, double pixel_ratio) const {
    const Parts& p = *parts_;
    if (!p.snapshot || p.snapshot->drawn_sites.empty() || !p.snapshot->all_sites_placed || !p.layers.sites) return std::nullopt;
    SiteRasterRequest request;
    request.snapshot = p.snapshot;
    request.frame = p.frame;
    request.weight = p.weight();
    request.camera = camera;
    request.pixel_ratio = pixel_ratio;
    request.by_value = is_of_values(p.layers.fill) || !fills_map(*p.snapshot, p.layers);
    request.scale = colour_scale_of(*p.snapshot, p.layers);
    request.plain = p.theme.card;
    request.style = p.site_style;
    request.ringed = p.ringed;
    request.ring = p.ring_style;
    return request;
}

long SpaceScene::sites_version() const { return parts_->sites_version; }

}  // namespace anamorph
