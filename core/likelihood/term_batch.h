// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/base/types.h"
#include "core/likelihood/conditioning_sets.h"

namespace anamorph {

/// Some terms of Vecchia's sum as a problem of its own: only the sites that they touch.
struct TermBatch {
    std::vector<Index> rows;          ///< sites: those of the terms first, then their neighbours
    std::shared_ptr<const ConditioningSets> conditioning;  ///< among `rows`
    std::vector<std::int32_t> terms;  ///< places in `rows` whose terms are summed
};

/// Draws batches of terms. The sites are cut into short runs along a space-filling curve and whole
/// runs are drawn without replacement, so that every term is drawn with the same probability while
/// the terms of a run share most of their neighbours.
class TermBatches {
public:
    TermBatches(const Points& sites, std::shared_ptr<const ConditioningSets> sets);
    /// About `count` terms (whole runs of 256); all where there are fewer.
    [[nodiscard]] TermBatch draw(Index count, RandomStream& random) const;

private:
    std::vector<std::int32_t> order_;
    std::shared_ptr<const ConditioningSets> sets_;
};

}  // namespace anamorph
