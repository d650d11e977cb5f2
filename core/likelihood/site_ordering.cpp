// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/site_ordering.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/random.h"
#include "core/likelihood/site_tree.h"

namespace anamorph {

namespace {

/// A site that may come next: its squared distance to the sites ordered so far, when it was last
/// looked at. The largest distance wins, then the lowest site number.
struct HeapEntry {
    double distance;
    std::int32_t site;
    std::int32_t place;  // in the tree's order

    [[nodiscard]] bool operator<(const HeapEntry& other) const {
        return distance < other.distance || (distance == other.distance && site > other.site);
    }
};

/// Sites divided by the power of two that brings the longest side to about one: distances neither
/// overflow nor change their order.
Points scaled(const Points& x) {
    const double side = (x.colwise().maxCoeff() - x.colwise().minCoeff()).maxCoeff();
    int exponent = 0;
    if (side > 0.0 && std::isfinite(side)) std::frexp(side, &exponent);
    return x.unaryExpr([exponent](double v) { return std::ldexp(v, -exponent); });
}

template <int D>
std::int32_t nearest_to_centre(const SiteTree<D>& tree, const Points& x) {
    const Vector mean = x.colwise().mean();
    std::array<double, D> centre;
    for (int k = 0; k < D; ++k) centre[static_cast<std::size_t>(k)] = mean(k);
    FoundSite nearest{};
    tree.nearest(centre, 1, tree.size(), &nearest);
    return nearest.position;
}

/// Exact greedy maximin. Sites are taken level by level: a level holds, as a heap, the sites whose
/// distance to the ordered ones is at least a fixed share of the largest. Each new site lowers the
/// distances within the ball of its own distance; by the packing of ordered sites these balls hold
/// O(n log n) sites together. Distances in the heap may be too large; they are looked at again when
/// they come to the top.
template <int D>
std::vector<std::int32_t> maximin(const Points& x) {
    constexpr double level_share = 0.8;  // of squared distances
    const SiteTree<D> tree(x, nullptr);
    const std::int32_t n = tree.size();
    std::vector<double> distance(static_cast<std::size_t>(n),
                                 std::numeric_limits<double>::infinity());
    std::vector<char> ordered(static_cast<std::size_t>(n), 0);  // by site number
    std::vector<std::int32_t> order;
    order.reserve(static_cast<std::size_t>(n));
    const auto distance_of = [&](std::int32_t t) { return distance[static_cast<std::size_t>(t)]; };
    const auto take = [&](std::int32_t t, double radius) {
        const std::int32_t site = tree.position(t);
        order.push_back(site);
        ordered[static_cast<std::size_t>(site)] = 1;
        tree.lower_distances(tree.point(t), radius, distance.data());
    };

    std::vector<std::int32_t> open(static_cast<std::size_t>(n));
    std::iota(open.begin(), open.end(), 0);
    const std::int32_t first = nearest_to_centre(tree, x);
    take(*std::find_if(open.begin(), open.end(), [&](auto t) { return tree.position(t) == first; }),
         std::numeric_limits<double>::infinity());
    std::vector<HeapEntry> level;
    while (true) {
        // Ordered sites and their duplicates are at distance zero.
        std::erase_if(open, [&](std::int32_t t) { return distance_of(t) == 0.0; });
        if (open.empty()) break;
        double largest = 0.0;
        for (const std::int32_t t : open) largest = std::max(largest, distance_of(t));
        const double smallest = level_share * largest;
        level.clear();
        for (const std::int32_t t : open)
            if (distance_of(t) >= smallest) level.push_back({distance_of(t), tree.position(t), t});
        std::make_heap(level.begin(), level.end());
        while (!level.empty()) {
            std::pop_heap(level.begin(), level.end());
            HeapEntry& top = level.back();
            const double now = distance_of(top.place);
            if (now == top.distance) {
                const std::int32_t t = top.place;
                level.pop_back();
                take(t, now);
            } else if (now >= smallest) {
                top.distance = now;
                std::push_heap(level.begin(), level.end());
            } else {
                level.pop_back();
            }
        }
    }
    for (std::int32_t site = 0; site < n; ++site)
        if (!ordered[static_cast<std::size_t>(site)]) order.push_back(site);
    return order;
}

}  // namespace

std::vector<std::int32_t> maximin_ordering(const Points& x) {
    if (x.rows() == 0) return {};
    if (!x.allFinite())
        throw Error(ErrorCode::not_finite, "A site has a coordinate that is no number.");
    return with_dimension(x.cols(), [&](auto d) { return maximin<d()>(scaled(x)); });
}

std::vector<std::int32_t> site_ordering(const Points& x, SiteOrdering ordering,
                                        std::uint64_t seed) {
    if (ordering == SiteOrdering::maximin) return maximin_ordering(x);
    std::vector<std::int32_t> order(static_cast<std::size_t>(x.rows()));
    std::iota(order.begin(), order.end(), 0);
    if (ordering == SiteOrdering::random) {
        RandomStream random(seed);
        const std::vector<Index> permutation = random.permutation(x.rows());
        std::transform(permutation.begin(), permutation.end(), order.begin(),
                       [](Index i) { return static_cast<std::int32_t>(i); });
    }
    return order;
}

}  // namespace anamorph
