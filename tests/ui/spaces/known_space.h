// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/data/prediction_grid.h"
#include "core/data/spatial_dataset.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// A known, invertible deformation of [0, 1000]^d: the first axis is stretched exponentially, then
/// axes are sheared by sines of each other. Correlation is exp(−h/60) in deformed space.
class KnownSpace final : public SpatialMapSource {
public:
    [[nodiscard]] Points deformed_from_geographic(const Points& x) const override;
    [[nodiscard]] Points geographic_from_deformed(const Points& u) const override;
    [[nodiscard]] Vector log_abs_det_jacobian(const Points& x) const override;
    [[nodiscard]] Matrix local_ranges(const Points& x) const override;
    [[nodiscard]] Vector correlation_with(const Points& site, const Points& x) const override;
};

/// `n` sites in [0, 1000]^d (a fixed quasi-random sequence; d = 2: without one corner), with a
/// smooth field of the deformed coordinates as values.
[[nodiscard]] SpatialDataset known_dataset(int dimension, Index n);
/// The field itself on a grid around the sites, with a standard deviation that grows away from them.
[[nodiscard]] std::shared_ptr<const GridMap> known_map(const SpatialDataset& dataset, Index cells);
[[nodiscard]] std::shared_ptr<const SpacesSnapshot> known_snapshot(int dimension, Index n, Index cells);

}  // namespace anamorph
