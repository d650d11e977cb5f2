// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// For each site of u (n×d) its m nearest sites among those earlier in `order` (a permutation of
/// 0 … n − 1): n rows of m site numbers, row i for site i, nearest first, ties by the place in
/// `order`; −1 where there are fewer than m earlier sites. Exact, parallel over sites (OpenMP), the
/// same for any number of threads. O(n (m + log n)) in practice, whatever the ordering.
/// @throws Error(dimension_mismatch | not_finite | unsupported)
[[nodiscard]] std::vector<std::int32_t> nearest_earlier_sites(const Points& u,
                                                              const std::vector<std::int32_t>& order,
                                                              int m);

/// Nearest sites of any point (d = 1, 2, 3), ties by site number; built once, safe to query from several threads at once.
class NearestSites {
public:
    explicit NearestSites(const Points& sites);  ///< n×d, copied
    ~NearestSites();
    NearestSites(NearestSites&&) noexcept;
    NearestSites& operator=(NearestSites&&) noexcept;

    /// The min(m, n) sites nearest to `point` (d coordinates), nearest first, written to `out`;
    /// returns how many.
    int nearest(const double* point, int m, std::int32_t* out) const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

}  // namespace anamorph
