// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "ui/scenes/scene_theme.h"

namespace anamorph {

/// Perceptually uniform sequential maps (viridis; cividis, the same to colour-blind eyes) and a
/// diverging one (red to blue of ColorBrewer) for signed quantities.
enum class ColourMap { viridis, cividis, diverging };

/// The colour at `position` in [0, 1]; outside it the end colours.
[[nodiscard]] Rgb colour_at(ColourMap map, double position);

/// A quantity's colours: what the map, the sites and the legend share.
struct ColourScale {
    ColourMap map = ColourMap::viridis;
    double lower = 0.0;  ///< value of the first colour
    double upper = 1.0;  ///< value of the last colour
    std::string title;   ///< "log precipitation"
    std::string unit;    ///< may be empty

    [[nodiscard]] Rgb colour(double value) const;
};

/// Round numbers (1, 2 or 5 times a power of ten apart) within [lower, upper], about `count`.
/// Empty unless lower < upper and both are finite.
[[nodiscard]] std::vector<double> round_ticks(double lower, double upper, int count);
/// A tick's label with just the decimals that `step` (the distance of ticks; 0: a single one) needs,
/// thousands grouped by a comma.
[[nodiscard]] std::string tick_label(double value, double step);

}  // namespace anamorph
