// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// The same snapshots with the widest limits of any of them, so that one colour means one value in
/// all. Null ones stay null.
[[nodiscard]] std::vector<std::shared_ptr<const SpacesSnapshot>> with_shared_limits(
    const std::vector<std::shared_ptr<const SpacesSnapshot>>& snapshots);

}  // namespace anamorph
