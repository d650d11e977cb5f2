// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/likelihood/sparse_cholesky.h"

namespace anamorph {

/// Sites nearer than a given distance (k-d tree of nanoflann); built once, safe to query from
/// several threads at once.
class SitesInRange {
public:
    explicit SitesInRange(const Points& sites);  ///< n×d, finite, copied
    ~SitesInRange();
    SitesInRange(SitesInRange&&) noexcept;
    SitesInRange& operator=(SitesInRange&&) noexcept;

    /// The sites nearer to `point` (d coordinates) than `range`, ascending.
    void within(const double* point, double range, std::vector<std::int32_t>& out) const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

/// The diagonal and all pairs of sites (n×d) nearer than `range`: the pattern of a tapered
/// covariance matrix. Parallel over sites.
/// @throws Error(out_of_memory) as soon as it holds more than `most` entries.
[[nodiscard]] SymmetricPattern pairs_in_range(const Points& sites, double range, Index most);

}  // namespace anamorph
