// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of what fills the map.
#include <algorithm>

#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene.h"

namespace anamorph {

bool fills_map(const SpacesSnapshot& s, const LayerSettings& layers) {
    if (layers.fill == Fill::none) return false;
    if (layers.fill == Fill::further) return further_layer(s, layers) != nullptr;
    return is_of_simulations(layers.fill) ? s.simulations != nullptr : s.has_map;
}

const FurtherLayer* further_layer(const SpacesSnapshot& s, const LayerSettings& layers) {
    if (!s.grid_map || layers.fill != Fill::further || layers.further < 0) return nullptr;
    const auto k = static_cast<std::size_t>(layers.further);
    return k < s.grid_map->further.size() ? &s.grid_map->further[k] : nullptr;
}

bool shows_values(const SpacesSnapshot& s, const LayerSettings& layers) {
    const FurtherLayer* layer = further_layer(s, layers);
    return layer ? layer->kind == FurtherLayer::Kind::quantile : is_of_values(layers.fill);
}

ColourScale log_det_scale_of(const SpacesSnapshot& s) {
    return {ColourMap::diverging, -s.log_det_limit, s.log_det_limit, "log|det J|", ""};
}

ColourScale colour_scale_of(const SpacesSnapshot& s, const LayerSettings& layers) {
    if (layers.fill == Fill::log_det && (s.has_map || s.dimension == 1)) return log_det_scale_of(s);
    const ColourMap sequential = layers.colours == ColourMap::diverging ? ColourMap::viridis : layers.colours;
    if (layers.fill == Fill::standard_deviation && s.has_map)
        return {sequential, s.sd_limits.lower, s.sd_limits.upper, "standard deviation", s.value_unit};
    if (layers.fill == Fill::simulation_sd && s.simulations)
        return {sequential, s.simulations->sd_limits.lower, s.simulations->sd_limits.upper,
                "std. dev. of simulations", s.value_unit};
    const FurtherLayer* further = further_layer(s, layers);
    if (further && further->kind == FurtherLayer::Kind::exceedance)
        return {sequential, 0.0, 1.0, further->title(s.value_unit), ""};
    ColourScale scale{layers.colours, s.value_limits.lower, s.value_limits.upper,
                      further ? s.value_name + ", " + further->title() : s.value_name, s.value_unit};
    if (layers.colours == ColourMap::diverging && scale.lower < 0.0 && scale.upper > 0.0) {
        scale.upper = std::max(-scale.lower, scale.upper);  // centred on zero
        scale.lower = -scale.upper;
    }
    return scale;
}

}  // namespace anamorph
