// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of what fills the map.
#include <algorithm>

#include "ui/scenes/simulation_layer.h"
#include "ui/scenes/space_scene.h"

namespace anamorph {

bool fills_map(const SpacesSnapshot& s, const LayerSettings& layers) {
    if (layers.fill == Fill::none) return false;
    return is_of_simulations(layers.fill) ? s.simulations != nullptr : s.has_map;
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
    ColourScale scale{layers.colours, s.value_limits.lower, s.value_limits.upper, s.value_name,
                      s.value_unit};
    if (layers.colours == ColourMap::diverging && scale.lower < 0.0 && scale.upper > 0.0) {
        scale.upper = std::max(-scale.lower, scale.upper);  // centred on zero
        scale.lower = -scale.upper;
    }
    return scale;
}

}  // namespace anamorph
