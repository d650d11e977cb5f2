// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of what fills the map.
#include <algorithm>
#include <string>

#include "core/data/scale_limits.h"
#include "ui/scenes/map_viewing.h"
#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene.h"

namespace anamorph {

bool fills_map(const SpacesSnapshot& s, const LayerSettings& layers) {
    if (layers.fill == Fill::none) return false;
    if (layers.fill == Fill::further || layers.fill == Fill::simulation_further) return further_layer(s, layers) != nullptr;
    return is_of_simulations(layers.fill) ? s.simulations != nullptr : s.has_map;
}

const FurtherLayer* further_layer(const SpacesSnapshot& s, const LayerSettings& layers) {
    const bool simulated = layers.fill == Fill::simulation_further;
    if (!simulated && layers.fill != Fill::further) return nullptr;
    if (simulated ? !s.simulations : !s.grid_map) return nullptr;
    const auto& further = simulated ? s.simulations->further : s.grid_map->further;
    const int k = simulated ? layers.simulation_further : layers.further;
    return k >= 0 && k < static_cast<int>(further.size()) ? &further[static_cast<std::size_t>(k)] : nullptr;
}

bool shows_values(const SpacesSnapshot& s, const LayerSettings& layers) {
    const FurtherLayer* layer = further_layer(s, layers);
    return layer ? layer->in_value_unit() : is_of_values(layers.fill);
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
    if (further && further->is_probability())
        return {sequential, 0.0, 1.0, further->title(s.value_unit), ""};
    if (further && !further->in_value_unit()) {
        const auto [lower, upper] = scale_limits(further->values);  // a map's edges do not take the colours
        const bool length = further->kind == FurtherLayer::Kind::local_range;
        const bool in_degrees = s.viewing && s.viewing->on_sphere;  // the map; a range is a length
        const std::string& unit = in_degrees ? s.viewing->system.unit : s.coordinate_unit;
        return {sequential, lower, upper, further->title(), length ? unit : ""};
    }
    ColourScale scale{layers.colours, s.value_limits.lower, s.value_limits.upper,
                      further ? s.value_name + ", " + further->title() : s.value_name, s.value_unit};
    if (layers.colours == ColourMap::diverging && scale.lower < 0.0 && scale.upper > 0.0) {
        scale.upper = std::max(-scale.lower, scale.upper);  // centred on zero
        scale.lower = -scale.upper;
    }
    return scale;
}

}  // namespace anamorph
