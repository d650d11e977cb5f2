// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "core/data/spatial_dataset.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// The snapshot with the sites of one realisation (empty label: the last) drawn in full and the others
/// pale, and its label below the titles. The snapshot itself where the data are one realisation.
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> of_realisation(
    std::shared_ptr<const SpacesSnapshot> snapshot, const SpatialDataset& dataset,
    const std::string& label);

}  // namespace anamorph
