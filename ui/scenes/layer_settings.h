// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/scenes/colour_map.h"

namespace anamorph {

/// The quantity that fills the map in both spaces.
enum class Fill { none, prediction, standard_deviation, log_det };

/// What the two spaces show.
struct LayerSettings {
    bool sites = true;
    bool grid = true;
    bool grid_by_log_det = false;  ///< grid lines coloured by log|det J| instead of ink
    Fill fill = Fill::prediction;
    bool ellipses = false;  ///< local practical ranges on a coarse lattice
    bool probe = false;     ///< contours of the correlation with the point under the pointer
    ColourMap colours = ColourMap::viridis;  ///< of sites, prediction and standard deviation
    /// Where the right view stands between the spaces: 0 geographic, 1 deformed.
    double morph = 1.0;

    bool operator==(const LayerSettings&) const = default;
};

}  // namespace anamorph
