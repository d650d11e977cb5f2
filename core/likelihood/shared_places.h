// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"
#include "core/likelihood/likelihood.h"

namespace anamorph {

/// Realisations that were observed at nearly the same places, so that one factorisation serves all.
struct SharedPlaces {
    std::vector<int> realisations;                ///< their numbers, ascending
    std::vector<std::vector<Index>> rows;         ///< rows of each, in the order of `places`
    std::vector<std::vector<Index>> observed;     ///< for each row of each its place, ascending
    std::vector<std::vector<Index>> missing;      ///< places that each has no row at, ascending
    Index place_count = 0;
    std::vector<Index> representative;  ///< a row at each place, place_count
};

/// Groups of realisations that can share: each has one row at most at a place, with the same noise
/// scale as the others there, and rows at two thirds of the places at least; further realisations
/// share where they have the very same places. Places are equal coordinates of `sites` (n×d).
/// Realisations in no group are left to themselves.
[[nodiscard]] std::vector<SharedPlaces> shared_places(const Observations& data, const Points& sites);

/// Where sites lie: their different coordinates (k×d) and, for each site, which of them it has (n).
struct Places {
    Points points;
    std::vector<Index> of_site;
};
[[nodiscard]] Places places_of(const Points& sites);
/// The different coordinates alone, k×d.
[[nodiscard]] inline Points distinct_places(const Points& sites) { return places_of(sites).points; }

/// Whether rows at one place have the same features, as sharing needs.
[[nodiscard]] bool same_features_at_places(const SharedPlaces& group, const SiteFeatures& features);

}  // namespace anamorph
