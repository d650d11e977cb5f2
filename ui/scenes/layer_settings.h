// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scenes/colour_map.h"

namespace anamorph {

/// The quantity that fills the map in both spaces.
enum class Fill {
    none, prediction, standard_deviation, log_det,
    further,          ///< a quantile or an exceedance probability of the map
    realisation,      ///< one conditional simulation
    simulation_mean,  ///< mean over the simulations
    simulation_sd,    ///< standard deviation over the simulations
    simulation_further,  ///< a quantile of the simulations, or the share of them above a threshold
};
/// Whether a fill shows conditional simulations.
[[nodiscard]] constexpr bool is_of_simulations(Fill fill) { return fill >= Fill::realisation; }
/// Whether a fill has the colours of the values, so that sites have them, too.
[[nodiscard]] constexpr bool is_of_values(Fill fill) {
    return fill == Fill::none || fill == Fill::prediction || fill == Fill::realisation || fill == Fill::simulation_mean;
}

/// What the two spaces show.
struct LayerSettings {
    bool sites = true;
    bool grid = true;
    bool grid_by_log_det = false;  ///< grid lines coloured by log|det J| instead of ink
    Fill fill = Fill::prediction;
    int further = 0;        ///< which of the map's further layers Fill::further shows, from 0
    int realisation = 0;    ///< which simulation Fill::realisation shows, from 0
    double passage = 0.0;   ///< how far Fill::realisation stands on the way to the next one, 0 to 1
    int simulation_further = 0;  ///< which of the simulations' further layers is shown, from 0
    bool ellipses = false;  ///< local practical ranges on a coarse lattice
    bool probe = false;     ///< contours of the correlation with the point under the pointer
    ColourMap colours = ColourMap::viridis;  ///< of sites, prediction and standard deviation
    /// Where the right view stands between the spaces: 0 geographic, 1 deformed.
    double morph = 1.0;

    bool operator==(const LayerSettings&) const = default;
};

}  // namespace anamorph
