// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of everything of a scene: after a snapshot, other layers or another theme.
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene_parts.h"

namespace anamorph {
namespace {

ColourTable coloured(const Vector& values, const ColourScale& scale) {
    ColourTable colours(static_cast<std::size_t>(values.size()));
    for (Index i = 0; i < values.size(); ++i)
        colours[static_cast<std::size_t>(i)] = scale.colour(values(i));
    return colours;
}

}  // namespace

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
    const bool only_some = s.present_sites.has_value();
    const auto in_full = only_some ? static_cast<Index>(s.present_sites->size()) : s.sites.size();
    style.radius = in_full > 5000 ? 2.2 : by_value ? 3.4 : 2.7;
    style.outline = in_full > 5000 ? 0.6 : 1.0;
    if (only_some) {
        p.present.set_colours(by_value ? coloured(Vector(s.values(*s.present_sites)), scale)
                                       : ColourTable(s.present_sites->size(), p.theme.card));
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

}  // namespace anamorph
