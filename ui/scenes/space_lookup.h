// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// Finds a point of one space in the other by interpolating the snapshot's coarse lattice: quick
/// and close enough to move cameras and markers; numbers that are read come from the model.
class SpaceLookup {
public:
    SpaceLookup() = default;
    /// `weight`: where the right view stands, 0 geographic to 1 deformed.
    SpaceLookup(std::shared_ptr<const SpacesSnapshot> snapshot, double weight);

    /// 1×d → 1×d. Outside the lattice the offset at its edge is used.
    [[nodiscard]] Points deformed_from_geographic(const Points& x) const;
    /// The inverse, by fixed-point steps from the nearest node.
    [[nodiscard]] Points geographic_from_deformed(const Points& u) const;

private:
    std::shared_ptr<const SpacesSnapshot> snapshot_;
    Points shown_;  ///< lattice nodes in the right view
};

}  // namespace anamorph
