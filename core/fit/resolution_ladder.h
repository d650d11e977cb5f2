// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/model_state.h"
#include "core/fit/training_run.h"

namespace anamorph {

/// Finds resolution and ridge of a velocity field by evidence: at each resolution m the ridge goes
/// to MacKay's fixed point (velocity_levels.h), and m climbs 6, 8, 10, 12, each
/// rung from the projection of the one below, until the criterion stops falling. `model`, fitted,
/// holds the best rung afterwards, with its curvature. For data sets large enough that more than a
/// fixed ridge pays (above about a thousand sites) and for transects.
/// @throws Error(cancelled)
void climb_resolution(TrainingRun& run, ModelState& model);

}  // namespace anamorph
