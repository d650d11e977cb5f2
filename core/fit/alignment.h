// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/model_state.h"

namespace anamorph {

/// How the deformed coordinates of a model are shown: scaled to mean |det J| = 1 over the data's
/// extent and rotated and shifted onto the sites (Kabsch 1976). With time, space alone gives the
/// scale, and time is shown at its own mean rate: `rotation` is then a rotation followed by a scale of
/// the last axis. On the sphere |det J| is that of areas on its surface.
[[nodiscard]] Alignment alignment_of(const ModelState& model);

}  // namespace anamorph
