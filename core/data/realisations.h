// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/data/spatial_dataset.h"

namespace anamorph {

/// Number of realisations of the field that the data hold: 1 where rows have no labels.
[[nodiscard]] int realisation_count(const SpatialDataset& dataset);

/// Rows of one realisation, ascending; all rows where there are no labels.
[[nodiscard]] std::vector<Index> rows_of_realisation(const SpatialDataset& dataset, int realisation);

/// Rows of the realisation that has most; n where there are no labels.
[[nodiscard]] Index largest_realisation(const SpatialDataset& dataset);

/// What a likelihood's cost depends on: it is that of `count` data sets of `sites` sites.
struct RealisationShape {
    Index sites = 0;     ///< of the largest realisation; n where there are no labels
    double count = 1.0;  ///< n / sites
    Index places = 0;    ///< sites that differ, over all realisations
    /// Nearly all realisations have a value at nearly all places: one factorisation serves them all.
    bool same_places = false;
};
[[nodiscard]] RealisationShape realisation_shape(const SpatialDataset& dataset);

/// Sites that differ in their coordinates, over all realisations.
[[nodiscard]] Index place_count(const SpatialDataset& dataset);

/// The place of a label among SpatialDataset::realisation_labels(); of an empty one the last.
/// @throws Error(bad_input) naming the labels that there are.
[[nodiscard]] int realisation_named(const SpatialDataset& dataset, const std::string& label);

/// The same data with, at each site, the mean over its realisations taken off: what differs persistently
/// between sites is gone. Sites of fewer than three values are left out; a note says both.
/// @throws Error(bad_input) where the data are one realisation
[[nodiscard]] SpatialDataset departures_from_site_means(const SpatialDataset& dataset);

/// "147 sites", or "13,400 values at 153 sites in 89 realisations".
[[nodiscard]] std::string size_in_words(const SpatialDataset& dataset);

}  // namespace anamorph
