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

/// K random folds of sites: all rows at one place (its values in all realisations) are held out together.
/// `clustered`, for the values of one place err together. @throws Error(bad_input)
[[nodiscard]] Folds site_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed);

/// K random folds of rows, dealt within each realisation: every realisation keeps the same share.
/// @throws Error(bad_input)
[[nodiscard]] Folds row_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed);

/// Rectangular blocks of the bounding box (nx×ny in the first two axes of space; ny = 1 where it has one;
/// of longitude and latitude on the sphere), dealt to
/// `folds` folds at random so that each fold holds whole blocks (folds 0: as many as non-empty
/// blocks, at most 10). @throws Error(bad_input)
[[nodiscard]] Folds block_folds(const SpatialDataset& dataset, int nx, int ny, int folds,
                                std::uint64_t seed);

/// Periods of time of equal length, dealt to `folds` folds at random so that each fold holds whole periods
/// (folds 0: as many as periods that hold sites, at most 10): each is predicted from what was measured before
/// and after it. @throws Error(bad_input) for data without an axis of time
[[nodiscard]] Folds period_folds(const SpatialDataset& dataset, int periods, int folds, std::uint64_t seed);

/// The last period of time alone, `share` of the span of the times: a forecast from all that was
/// measured before. @throws Error(bad_input) for data without an axis of time, and unless sites remain
/// on both sides
[[nodiscard]] Folds forecast_fold(const SpatialDataset& dataset, double share);

/// Whole groups (SpatialDataset::groups: boreholes, floats, profiles), dealt to `folds` folds at
/// random so that no group is ever split (folds 0: as many as there are groups, at most 10).
/// @throws Error(bad_input) for data without groups, or unless 2 ≤ folds ≤ number of groups.
[[nodiscard]] Folds group_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed);

}  // namespace anamorph
