// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/conditioning_sets.h"

#include <algorithm>

#include "core/likelihood/nearest_sites.h"
#include "core/likelihood/site_ordering.h"

namespace anamorph {

namespace {

int useful_neighbours(int asked, Index n) {
    return static_cast<int>(std::max<Index>(1, std::min<Index>(asked, n - 1)));
}

}  // namespace

std::shared_ptr<const ConditioningSets> conditioning_sets(const Points& x, const Points& u,
                                                          const LikelihoodOptions& options) {
    auto sets = std::make_shared<ConditioningSets>();
    sets->order = site_ordering(x, options.ordering, options.ordering_seed);
    sets->neighbour_count = useful_neighbours(options.neighbours, x.rows());
    sets->neighbours = nearest_earlier_sites(u, sets->order, sets->neighbour_count);
    return sets;
}

std::shared_ptr<const ConditioningSets> refreshed(const ConditioningSets& sets, const Points& u) {
    auto fresh = std::make_shared<ConditioningSets>();
    fresh->order = sets.order;
    fresh->neighbour_count = sets.neighbour_count;
    fresh->neighbours = nearest_earlier_sites(u, fresh->order, fresh->neighbour_count);
    return fresh;
}

ConditioningSets ConditioningSets::prefix(Index count) const {
    ConditioningSets part;
    const auto k = static_cast<std::size_t>(count);
    const auto m = static_cast<std::size_t>(neighbour_count);
    std::vector<std::int32_t> place(order.size(), -1);
    for (std::size_t i = 0; i < k; ++i) place[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
    part.neighbour_count = neighbour_count;
    part.order.resize(k);
    part.neighbours.resize(k * m);
    for (std::size_t i = 0; i < k; ++i) {
        part.order[i] = static_cast<std::int32_t>(i);
        const std::int32_t* from = neighbours.data() + static_cast<std::size_t>(order[i]) * m;
        for (std::size_t j = 0; j < m; ++j)
            part.neighbours[i * m + j] = from[j] < 0 ? -1 : place[static_cast<std::size_t>(from[j])];
    }
    return part;
}

}  // namespace anamorph
