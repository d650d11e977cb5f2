// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/space_scene.h"

#include <algorithm>
#include <cmath>

#include <vtkAutoInit.h>
#include <vtkCamera.h>
#include <vtkRenderer.h>

#include "ui/scenes/map_viewing.h"
#include "ui/scenes/probe_contours.h"
#include "ui/scenes/scene_layers.h"
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/site_picking.h"

// The renderer's OpenGL classes register themselves with VTK's factories.
VTK_MODULE_INIT(vtkRenderingOpenGL2)

namespace anamorph {
namespace {

// Layers of two-dimensional data lie at these heights above the map, so that none hides another.
enum Height { map_height, grid_height, ellipse_height, probe_height, site_height, selection_height };
constexpr double height_step = 1e-3;

ColourTable coloured(const Vector& values, const ColourScale& scale) {
    ColourTable colours(static_cast<std::size_t>(values.size()));
    for (Index i = 0; i < values.size(); ++i)
        colours[static_cast<std::size_t>(i)] = scale.colour(values(i));
    return colours;
}

}  // namespace

struct SpaceScene::Parts {
    explicit Parts(Space s) : space(s) {
        renderer->SetBackgroundAlpha(1.0);
        for (auto* layer : {&map, &simulated, &box, &grid, &border_halo, &borders, &ellipses, &probe_halo, &probe, &pointer_ellipse})
            renderer->AddActor(layer->actor());
        renderer->AddActor(sites.actor());
        renderer->AddActor(present.actor());
        renderer->AddActor(selected.actor());
    }

    [[nodiscard]] double weight() const { return space == Space::geographic ? 0.0 : layers.morph; }
    [[nodiscard]] DisplayPositions positions(const PointsInBoth& points, Height height) const {
        const Points shown = between(points, weight());
        DisplayPositions display(shown.rows(), 3);
        for (Index i = 0; i < shown.rows(); ++i) display.row(i) = frame.to_display(shown, i).transpose();
        if (frame.dimension() == 2) display.col(2).setConstant(height_step * static_cast<int>(height));
        return display;
    }
    void show_layers();
    void place_box();
    void place_borders();
    void place_selection();
    /// Where one site is shown, display coordinates; `row` of the data set.
    [[nodiscard]] Eigen::Vector3d site_position(Index row) const {
        const double w = weight();
        Eigen::Vector3d display = Eigen::Vector3d::Zero();
        for (int a = 0; a < frame.dimension(); ++a) {
            double x = (1.0 - w) * snapshot->sites.in_geographic(row, a);
            if (w > 0.0) x += w * snapshot->sites.in_deformed(row, a);
            display(a) = (x - frame.centre(a)) * frame.scale(a);
        }
        return display;
    }
    /// Has `row` of the data set a place in this snapshot?
    [[nodiscard]] bool has_site(Index row) const {
        return snapshot && row >= 0 && row < snapshot->sites.size() &&
               (snapshot->all_sites_placed || weight() == 0.0 || std::isfinite(snapshot->sites.in_deformed(row, 0)));
    }

    Space space;
    vtkNew<vtkRenderer> renderer;
    GeometryLayer map, simulated, box, grid, border_halo, borders, ellipses, probe_halo, probe, pointer_ellipse;
    SpriteLayer sites, selected;
    SpriteLayer present;  ///< space with time: sites about the time that is shown

    std::shared_ptr<const SpacesSnapshot> snapshot;
    LayerSettings layers;
    SceneTheme theme;
    DisplayFrame frame;
    DisplayPositions site_positions{0, 3};
    SpriteStyle site_style, ring_style;
    std::vector<Index> selection;
    std::vector<Index> ringed;  ///< the part of the selection that is drawn
    long sites_version = 0;
    std::optional<Points> probe_at;
    std::optional<PointsInBoth> pointer_outline;
    Eigen::Vector3d lower = Eigen::Vector3d::Constant(-1.0), upper = Eigen::Vector3d::Constant(1.0);
};

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
    present.set_visible(any && layers.sites && !snapshot->present_sites.empty());
    selected.set_visible(any && !selection.empty());
    box.set_visible(any && snapshot->dimension == 3);
}

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

void SpaceScene::place() {
    Parts& p = *parts_;
    const SpacesSnapshot& s = *p.snapshot;
    p.site_positions = p.positions(s.drawn_sites.empty()
                                       ? s.sites
                                       : PointsInBoth{s.sites.in_geographic(s.drawn_sites, Eigen::all),
                                                      s.sites.in_deformed(s.drawn_sites, Eigen::all)},
                                   site_height);
    p.sites.set_positions(p.site_positions);
    p.present.set_positions(p.positions(PointsInBoth{s.sites.in_geographic(s.present_sites, Eigen::all),
                                                     s.sites.in_deformed(s.present_sites, Eigen::all)},
                                        site_height));
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

void SpaceScene::colour() {
    Parts& p = *parts_;
    const SpacesSnapshot& s = *p.snapshot;
    const ColourScale scale = colour_scale_of(s, p.layers);
    const bool filled_map = fills_map(s, p.layers);
    const bool by_value = shows_values(s, p.layers) || !filled_map;
    // On a map of something else than values, sites only mark their place.
    if (!by_value)
        p.sites.set_colours(ColourTable(static_cast<std::size_t>(p.site_positions.rows()), p.theme.card));
    else
        p.sites.set_colours(coloured(s.drawn_sites.empty() ? s.values : Vector(s.values(s.drawn_sites)), scale));

    // On the pale middle of a diverging map only dark lines can be seen, also in a dark window.
    const Rgb ink = filled_map && scale.map == ColourMap::diverging ? Rgb{0.1, 0.13, 0.17} : p.theme.ink;
    SpriteStyle style;
    style.outline_colour = ink;
    style.outline_opacity = 0.85;
    style.fill_opacity = by_value ? 1.0 : 0.5;
    const bool only_some = (s.viewing && s.viewing->has_time) || !s.present_sites.empty();
    const auto in_full = only_some ? static_cast<Index>(s.present_sites.size()) : s.sites.size();
    style.radius = in_full > 5000 ? 2.2 : by_value ? 3.4 : 2.7;
    style.outline = in_full > 5000 ? 0.6 : 1.0;
    if (only_some) {
        p.present.set_colours(by_value ? coloured(Vector(s.values(s.present_sites)), scale)
                                       : ColourTable(s.present_sites.size(), p.theme.card));
        style.radius += 0.8;
        p.present.set_style(style);
        // What was measured at other times, or in other realisations, only marks its place.
        style.radius = 2.0;
        style.outline_opacity = 0.3;
        style.fill_opacity = 0.1;
    }
    p.site_style = style;
    p.sites.set_style(style);
    SpriteStyle chosen;
    chosen.radius = 8.0;
    chosen.outline = 2.4;
    chosen.halo = 1.6;
    chosen.halo_colour = p.theme.card;
    chosen.outline_colour = p.theme.accent;
    p.ring_style = chosen;
    p.selected.set_style(chosen);
    p.place_selection();

    // On a map of log|det J| itself, lines in its colours would vanish.
    if (p.layers.grid_by_log_det && !(filled_map && p.layers.fill == Fill::log_det)) {
        p.grid.set_colours(coloured(s.warp.log_abs_det, log_det_scale_of(s)));
        p.grid.set_colour(p.theme.ink, 1.0);
    } else {
        p.grid.set_colours({});
        p.grid.set_colour(ink, s.dimension == 3 ? 0.25 : filled_map ? 0.6 : 0.35);
    }
    colour_map();
    p.ellipses.set_colour(ink, 0.9);
    p.borders.set_colour(p.theme.ink, 1.0);
    p.border_halo.set_colour(p.theme.card, 0.7);
    p.probe.set_colour(p.theme.accent, 1.0);
    p.probe_halo.set_colour(p.theme.card, 0.8);
    p.pointer_ellipse.set_colour(p.theme.accent, 1.0);
}

void SpaceScene::colour_map() {
    Parts& p = *parts_;
    const SpacesSnapshot& s = *p.snapshot;
    if (!fills_map(s, p.layers) || s.dimension == 1) return;
    const ColourScale scale = colour_scale_of(s, p.layers);
    switch (p.layers.fill) {
        case Fill::none: break;
        case Fill::prediction: p.map.set_colours(coloured(s.map.mean, scale)); break;
        case Fill::standard_deviation: p.map.set_colours(coloured(s.map.standard_deviation, scale)); break;
        case Fill::log_det: p.map.set_colours(coloured(s.map.log_abs_det, scale)); break;
        case Fill::further:
            p.map.set_colours(coloured(s.map.further[static_cast<std::size_t>(p.layers.further)], scale));
            break;
        case Fill::realisation:
            p.simulated.set_colours(coloured(s.simulations->passage(p.layers.realisation, p.layers.passage), scale));
            break;
        case Fill::simulation_mean: p.simulated.set_colours(coloured(s.simulations->mesh.mean, scale)); break;
        case Fill::simulation_sd: p.simulated.set_colours(coloured(s.simulations->mesh.standard_deviation, scale)); break;
        case Fill::simulation_further:
            p.simulated.set_colours(coloured(s.simulations->mesh.further[static_cast<std::size_t>(p.layers.simulation_further)], scale));
            break;
    }
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
