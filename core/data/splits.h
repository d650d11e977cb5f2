// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// Which rows are held out in each fold.
struct Folds {
    std::string description;                    ///< "5 random folds, seed 1", "4 × 4 spatial blocks"
    std::vector<std::vector<Index>> test_rows;  ///< ascending within a fold
    /// Folds hold whole pieces (blocks, groups): the sites of one are predicted from afar and err
    /// together, so that standard errors count folds instead of sites.
    bool clustered = false;
};

/// K random folds of nearly equal size. @throws Error(bad_input) unless 2 ≤ folds ≤ n.
[[nodiscard]] Folds random_folds(Index sites, int folds, std::uint64_t seed);

/// Rectangular blocks of the bounding box (nx×ny in the first two axes; ny = 1 for d = 1), dealt to
/// `folds` folds at random so that each fold holds whole blocks (folds 0: as many as non-empty
/// blocks, at most 10). @throws Error(bad_input)
[[nodiscard]] Folds block_folds(const SpatialDataset& dataset, int nx, int ny, int folds,
                                std::uint64_t seed);

/// Whole groups (SpatialDataset::groups: boreholes, floats, profiles), dealt to `folds` folds at
/// random so that no group is ever split (folds 0: as many as there are groups, at most 10).
/// @throws Error(bad_input) for data without groups, or unless 2 ≤ folds ≤ number of groups.
[[nodiscard]] Folds group_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed);

}  // namespace anamorph
