// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace anamorph {

using Rgb = std::array<double, 3>;  ///< red, green, blue in [0, 1]

/// The colours that a scene takes from the window's theme.
struct SceneTheme {
    Rgb card{1.0, 1.0, 1.0};            ///< background of the view
    Rgb ink{0.114, 0.153, 0.2};         ///< outlines and grid lines
    Rgb hairline{0.875, 0.894, 0.914};  ///< the box around 3-D data
    Rgb accent{0.184, 0.435, 0.871};    ///< selection, probe
};

}  // namespace anamorph
