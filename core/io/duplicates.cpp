// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/duplicates.h"

#include <algorithm>
#include <numeric>

namespace anamorph {

namespace {

using Rows = std::vector<Index>;

Vector tolerances(const Points& sites, Index together) {
    Vector extent = (sites.colwise().maxCoeff() - sites.colwise().minCoeff()).transpose();
    const Index count = std::min(together, extent.size());
    extent.head(count).setConstant(extent.head(count).maxCoeff());
    return duplicate_tolerance * extent;
}

/// Splits rows[begin, end) where the sorted coordinate has a gap above the tolerance, axis by
/// axis, until a piece has been through all axes without a split.
void split(const Points& sites, const Vector& tolerance, Rows& rows, std::size_t begin,
           std::size_t end, Index axis, Index axes_without_split, std::vector<Rows>& groups) {
    if (end - begin < 2) return;
    if (axes_without_split == sites.cols()) {
        Rows group(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                   rows.begin() + static_cast<std::ptrdiff_t>(end));
        std::sort(group.begin(), group.end());
        groups.push_back(std::move(group));
        return;
    }
    std::sort(rows.begin() + static_cast<std::ptrdiff_t>(begin),
              rows.begin() + static_cast<std::ptrdiff_t>(end),
              [&](Index a, Index b) { return sites(a, axis) < sites(b, axis); });
    const Index next_axis = (axis + 1) % sites.cols();
    std::size_t start = begin;
    for (std::size_t i = begin + 1; i <= end; ++i) {
        if (i < end && sites(rows[i], axis) - sites(rows[i - 1], axis) <= tolerance[axis]) continue;
        const bool whole = start == begin && i == end;
        split(sites, tolerance, rows, start, i, next_axis, whole ? axes_without_split + 1 : 1,
              groups);
        start = i;
    }
}

}  // namespace

std::vector<std::vector<Index>> duplicate_groups(const Points& sites, Index together) {
    std::vector<Rows> groups;
    if (sites.rows() < 2 || sites.cols() == 0) return groups;
    Rows rows(static_cast<std::size_t>(sites.rows()));
    std::iota(rows.begin(), rows.end(), Index{0});
    split(sites, tolerances(sites, together), rows, 0, rows.size(), 0, 0, groups);
    std::sort(groups.begin(), groups.end(),
              [](const Rows& a, const Rows& b) { return a.front() < b.front(); });
    return groups;
}

}  // namespace anamorph
