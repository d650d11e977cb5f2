// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// Which sites each site is conditioned on in Vecchia's approximation: chosen from the features once
/// and then frozen, so that likelihoods of different parameters can be compared.
struct ConditioningSets {
    std::vector<std::int32_t> order;       ///< n: site numbers, first to last
    std::vector<std::int32_t> neighbours;  ///< n×m, row by site number, nearest first; −1: none
    int neighbour_count = 0;               ///< m

    /// The first `count` sites of the order as a problem of its own: sites numbered by their place in
    /// the order. With a maximin ordering they are a well-spread subset, and all their neighbours
    /// are among them.
    [[nodiscard]] ConditioningSets prefix(Index count) const;
};

/// Ordering of the sites x (n×d, geographic) and the m nearest earlier sites in deformed space u
/// (n×d). @throws Error(out_of_memory)
[[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning_sets(
    const Points& x, const Points& u, const LikelihoodOptions& options);
/// The same ordering with neighbours in another deformed space.
[[nodiscard]] std::shared_ptr<const ConditioningSets> refreshed(const ConditioningSets& sets,
                                                                const Points& u);

}  // namespace anamorph
