// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/likelihood/conditioning_sets.h"
#include "core/likelihood/likelihood.h"

namespace anamorph {

// Rows of data that hold several realisations, taken apart and put together.

/// Rows of each realisation, ascending: one list for each of 0 … max(realisation), empty where no row
/// has it.
[[nodiscard]] std::vector<std::vector<Index>> rows_by_realisation(const std::vector<int>& realisation);

/// Observations of some rows as one realisation's; features of some rows (auxiliary points and
/// coefficients are kept).
[[nodiscard]] Observations observations_at(const Observations& all, const std::vector<Index>& rows);
[[nodiscard]] SiteFeatures features_at(const SiteFeatures& all, const std::vector<Index>& rows);

/// Ordering and nearest earlier sites within each realisation, numbered by rows of the whole: the
/// realisations follow one another in the order. `x` n×d geographic, `u` n×d deformed.
/// @throws Error(out_of_memory)
[[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning_sets(
    const Points& x, const Points& u, const LikelihoodOptions& options,
    const std::vector<int>& realisation);
/// The same ordering with neighbours in another deformed space.
[[nodiscard]] std::shared_ptr<const ConditioningSets> refreshed(const ConditioningSets& sets,
                                                                const Points& u,
                                                                const std::vector<int>& realisation);

/// The sets of some rows (ascending), numbered by their places there. All neighbours must be among
/// the rows.
[[nodiscard]] ConditioningSets sets_of_rows(const ConditioningSets& sets,
                                            const std::vector<Index>& rows);
/// The sets of disjoint lists of rows as those of n rows; shorter sets are filled with −1.
[[nodiscard]] ConditioningSets joined_sets(
    const std::vector<std::shared_ptr<const ConditioningSets>>& parts,
    const std::vector<std::vector<Index>>& rows, Index n);

}  // namespace anamorph
