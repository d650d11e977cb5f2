// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/term_batch.h"

#include <algorithm>

#include "core/likelihood/spatial_order.h"

namespace anamorph {

namespace {

constexpr std::size_t run_length = 256;

}  // namespace

TermBatches::TermBatches(const Points& sites, std::shared_ptr<const ConditioningSets> sets)
    : order_(spatial_order(sites)), sets_(std::move(sets)) {}

TermBatch TermBatches::draw(Index count, RandomStream& random) const {
    const std::size_t n = order_.size(), runs = (n + run_length - 1) / run_length;
    const std::size_t wanted =
        std::min(runs, (static_cast<std::size_t>(count) + run_length - 1) / run_length);
    std::vector<Index> chosen = random.permutation(static_cast<Index>(runs));
    chosen.resize(wanted);
    std::sort(chosen.begin(), chosen.end());

    TermBatch batch;
    std::vector<std::int32_t> place(n, -1);
    const auto take = [&](std::int32_t site) {
        std::int32_t& p = place[static_cast<std::size_t>(site)];
        if (p < 0) {
            p = static_cast<std::int32_t>(batch.rows.size());
            batch.rows.push_back(site);
        }
    };
    for (Index r : chosen)
        for (std::size_t i = static_cast<std::size_t>(r) * run_length;
             i < std::min(n, (static_cast<std::size_t>(r) + 1) * run_length); ++i)
            take(order_[i]);
    const std::size_t terms = batch.rows.size();
    const auto m = static_cast<std::size_t>(sets_->neighbour_count);
    for (std::size_t t = 0; t < terms; ++t)
        for (std::size_t j = 0; j < m; ++j) {
            const std::int32_t s = sets_->neighbours[static_cast<std::size_t>(batch.rows[t]) * m + j];
            if (s >= 0) take(s);
        }

    auto sets = std::make_shared<ConditioningSets>();
    sets->neighbour_count = sets_->neighbour_count;
    sets->order.resize(batch.rows.size());
    for (std::size_t i = 0; i < batch.rows.size(); ++i) sets->order[i] = static_cast<std::int32_t>(i);
    sets->neighbours.assign(batch.rows.size() * m, -1);
    batch.terms.resize(terms);
    for (std::size_t t = 0; t < terms; ++t) {
        batch.terms[t] = static_cast<std::int32_t>(t);
        for (std::size_t j = 0; j < m; ++j) {
            const std::int32_t s = sets_->neighbours[static_cast<std::size_t>(batch.rows[t]) * m + j];
            if (s >= 0) sets->neighbours[t * m + j] = place[static_cast<std::size_t>(s)];
        }
    }
    batch.conditioning = std::move(sets);
    return batch;
}

}  // namespace anamorph
