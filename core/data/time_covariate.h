// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// Which covariate of data on the sphere is their time: the one that the third name of a coordinate names,
/// for which the three geocentric axes leave no room. Nothing for other data.
[[nodiscard]] inline std::optional<Index> time_covariate(const SpatialDataset& dataset) {
    if (!dataset.coordinate_system.chordal || dataset.coordinate_names.size() < 3) return std::nullopt;
    for (std::size_t k = 0; k < dataset.covariate_names.size(); ++k)
        if (dataset.covariate_names[k] == dataset.coordinate_names[2]) return static_cast<Index>(k);
    return std::nullopt;
}

/// The times of the data (n, SpatialDataset::time_unit), as the last axis or as that covariate; empty where
/// there are none.
[[nodiscard]] inline Vector times_of(const SpatialDataset& dataset) {
    if (dataset.last_axis_is_time) return dataset.coordinates.col(dataset.dimension() - 1);
    if (const auto time = time_covariate(dataset)) return dataset.covariates.col(*time);
    return {};
}

}  // namespace anamorph
