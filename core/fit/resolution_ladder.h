// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/spatial_dataset.h"
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

/// Whether the automatic model searches for the resolution of these data.
[[nodiscard]] inline bool needs_resolution_ladder(const SpatialDataset& data) {
    return data.size() > 1000 || data.dimension() == 1;
}

/// The centres along an axis of the second level that the automatic model tries where the first has `size`
/// and the search started at `asked`; 0: none. In the plane it is worth a try where one finer grid was, up to
/// so many sites that each of its functions does not cost too much.
[[nodiscard]] inline int second_level_worth_a_try(int size, int asked, int dimension, Index sites) {
    constexpr Index most_sites = 5000;
    return dimension == 2 && size > asked && sites <= most_sites ? 2 * size - 2 : 0;
}

}  // namespace anamorph
