// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/base/types.h"

namespace anamorph {

/// A site found by a search: its squared distance and its position in the tree's ordering.
struct FoundSite {
    double squared_distance;
    std::int32_t position;

    [[nodiscard]] bool operator<(const FoundSite& other) const {
        return squared_distance < other.squared_distance ||
               (squared_distance == other.squared_distance && position < other.position);
    }
};

/// A balanced k-d tree (Bentley 1975) of ordered sites whose nodes know the earliest position below
/// them, so that one tree answers "the nearest sites among the first k" for every k at the price of
/// a tree on these k alone. Boxes are tight: the distance to a box never exceeds, in floating point
/// too, the computed distance to a site in it, so searches are exact, ties included. Leaves are
/// contiguous and sorted by position; coordinates lie one array a dimension.
template <int D>
class SiteTree {
public:
    /// sites n×D, n ≥ 1; `position`: place of each site in the ordering, a permutation of 0 … n − 1,
    /// or null for the sites' own order. @throws Error(not_finite)
    SiteTree(const Points& sites, const std::int32_t* position);

    [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(positions_.size()); }
    /// Sites in the tree's order, in which near sites lie together: position of site t.
    [[nodiscard]] std::int32_t position(std::int32_t t) const { return positions_[index(t)]; }
    /// Coordinates of site t of the tree's order.
    [[nodiscard]] std::array<double, D> point(std::int32_t t) const {
        std::array<double, D> p;
        for (int k = 0; k < D; ++k) p[index(k)] = coordinates_[index(k)][index(t)];
        return p;
    }

    /// The m nearest sites to `point` among positions below `limit`, nearest first, ties by
    /// position; returns how many there are (fewer than m only where `limit` < m).
    int nearest(const std::array<double, D>& point, int m, std::int32_t limit,
                FoundSite* out) const;

    /// distance[t] ← min(distance[t], squared distance to `point`) for every site t of the tree's
    /// order nearer than the square root of `radius` (also for some beyond).
    void lower_distances(const std::array<double, D>& point, double radius, double* distance) const;

private:
    struct Node {
        std::array<double, D> low, high;
        std::int32_t earliest;
    };
    struct Item {
        std::array<double, D> x;
        std::int32_t position;
    };
    static constexpr std::int64_t leaf_size = 10;

    static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }
    [[nodiscard]] std::int32_t begin_of(std::int64_t leaf) const {
        return static_cast<std::int32_t>((leaf * size()) >> depth_);
    }
    void build(std::vector<Item>& items, std::int64_t node, std::int64_t leaf, std::int64_t leaves);
    [[nodiscard]] double box_distance(const Node& node, const std::array<double, D>& p) const {
        double sum = 0.0;
        for (std::size_t k = 0; k < D; ++k) {
            const double below = node.low[k] - p[k], above = p[k] - node.high[k];
            const double t = std::max(0.0, std::max(below, above));
            sum += t * t;
        }
        return sum;
    }

    int depth_ = 0;
    std::int64_t leaves_ = 1;
    std::vector<Node> nodes_;  // heap order: children of i are 2i and 2i + 1, the root is 1
    std::array<std::vector<double>, D> coordinates_;
    std::vector<std::int32_t> positions_;
};

template <int D>
SiteTree<D>::SiteTree(const Points& sites, const std::int32_t* position) {
    const std::int64_t n = sites.rows();
    if (!sites.allFinite())
        throw Error(ErrorCode::not_finite, "A site has a coordinate that is no number.");
    while ((leaves_ * leaf_size) < n) {
        leaves_ *= 2;
        ++depth_;
    }
    std::vector<Item> items(index(n));
    for (std::int64_t i = 0; i < n; ++i) {
        for (int k = 0; k < D; ++k) items[index(i)].x[index(k)] = sites(i, k);
        items[index(i)].position = position ? position[i] : static_cast<std::int32_t>(i);
    }
    nodes_.resize(index(2 * leaves_));
    positions_.resize(index(n));
    for (auto& c : coordinates_) c.resize(index(n));
#pragma omp parallel
#pragma omp single nowait
    build(items, 1, 0, leaves_);
}

template <int D>
void SiteTree<D>::build(std::vector<Item>& items, std::int64_t node, std::int64_t leaf,
                        std::int64_t leaves) {
    const std::int32_t begin = begin_of(leaf), end = begin_of(leaf + leaves);
    Node& own = nodes_[index(node)];
    own.low.fill(std::numeric_limits<double>::infinity());
    own.high.fill(-std::numeric_limits<double>::infinity());
    for (std::int32_t t = begin; t < end; ++t)
        for (std::size_t k = 0; k < D; ++k) {
            own.low[k] = std::min(own.low[k], items[index(t)].x[k]);
            own.high[k] = std::max(own.high[k], items[index(t)].x[k]);
        }
    const auto first = items.begin() + begin, last = items.begin() + end;
    if (leaves == 1) {
        std::sort(first, last,
                  [](const Item& a, const Item& b) { return a.position < b.position; });
        own.earliest = end > begin ? first->position : std::numeric_limits<std::int32_t>::max();
        for (std::int32_t t = begin; t < end; ++t) {
            for (std::size_t k = 0; k < D; ++k) coordinates_[k][index(t)] = items[index(t)].x[k];
            positions_[index(t)] = items[index(t)].position;
        }
        return;
    }
    std::size_t axis = 0;
    for (std::size_t k = 1; k < D; ++k)
        if (own.high[k] - own.low[k] > own.high[axis] - own.low[axis]) axis = k;
    const std::int64_t half = leaves / 2;
    std::nth_element(first, items.begin() + begin_of(leaf + half), last,
                     [axis](const Item& a, const Item& b) { return a.x[axis] < b.x[axis]; });
#pragma omp task default(shared) if (end - begin > 20000)
    build(items, 2 * node, leaf, half);
    build(items, 2 * node + 1, leaf + half, half);
#pragma omp taskwait
    own.earliest =
        std::min(nodes_[index(2 * node)].earliest, nodes_[index(2 * node + 1)].earliest);
}

template <int D>
int SiteTree<D>::nearest(const std::array<double, D>& point, int m, std::int32_t limit,
                         FoundSite* out) const {
    struct Waiting {
        FoundSite bound;  // distance to the node's box and its earliest position
        std::int64_t node;
    };
    if (m <= 0) return 0;
    std::array<Waiting, 64> stack;
    int waiting = 0, found = 0;
    FoundSite worst{std::numeric_limits<double>::infinity(), limit};  // a site must come before it
    const auto bound_of = [&](std::int64_t node) {
        const Node& n = nodes_[index(node)];
        return Waiting{{box_distance(n, point), n.earliest}, node};
    };
    stack[index(waiting++)] = bound_of(1);
    std::array<double, leaf_size> distance;
    while (waiting > 0) {
        Waiting top = stack[index(--waiting)];
        if (top.bound.position >= limit || !(top.bound < worst)) continue;
        while (top.node < leaves_) {
            Waiting near = bound_of(2 * top.node), far = bound_of(2 * top.node + 1);
            if (far.bound < near.bound) std::swap(near, far);
            if (far.bound.position < limit && far.bound < worst) stack[index(waiting++)] = far;
            top = near;
            if (top.bound.position >= limit || !(top.bound < worst)) break;
        }
        if (top.node < leaves_ || top.bound.position >= limit || !(top.bound < worst)) continue;
        const std::int32_t begin = begin_of(top.node - leaves_);
        const std::int32_t count = begin_of(top.node - leaves_ + 1) - begin;
        distance.fill(0.0);
        for (std::size_t k = 0; k < D; ++k)
            for (std::int32_t t = 0; t < count; ++t) {
                const double difference = coordinates_[k][index(begin + t)] - point[k];
                distance[index(t)] += difference * difference;
            }
        for (std::int32_t t = 0; t < count; ++t) {
            const FoundSite site{distance[index(t)], positions_[index(begin + t)]};
            if (site.position >= limit) break;
            if (!(site < worst)) continue;
            int place = found < m ? found++ : m - 1;
            for (; place > 0 && site < out[place - 1]; --place) out[place] = out[place - 1];
            out[place] = site;
            if (found == m) worst = out[m - 1];
        }
    }
    return found;
}

template <int D>
void SiteTree<D>::lower_distances(const std::array<double, D>& point, double radius,
                                  double* distance) const {
    std::array<std::int64_t, 64> stack;
    int waiting = 0;
    if (box_distance(nodes_[1], point) <= radius) stack[index(waiting++)] = 1;
    while (waiting > 0) {
        const std::int64_t node = stack[index(--waiting)];
        if (node < leaves_) {
            for (const std::int64_t child : {2 * node, 2 * node + 1})
                if (box_distance(nodes_[index(child)], point) < radius)
                    stack[index(waiting++)] = child;
            continue;
        }
        const std::int32_t end = begin_of(node - leaves_ + 1);
        for (std::int32_t t = begin_of(node - leaves_); t < end; ++t) {
            double sum = 0.0;
            for (std::size_t k = 0; k < D; ++k) {
                const double difference = coordinates_[k][index(t)] - point[k];
                sum += difference * difference;
            }
            distance[t] = std::min(distance[t], sum);
        }
    }
}

/// Calls `f` with the dimension as a compile-time constant. @throws Error(unsupported) unless it is
/// 1, 2 or 3.
template <class F>
decltype(auto) with_dimension(Index dimension, F&& f) {
    switch (dimension) {
        case 1: return f(std::integral_constant<int, 1>());
        case 2: return f(std::integral_constant<int, 2>());
        case 3: return f(std::integral_constant<int, 3>());
        case 4: return f(std::integral_constant<int, 4>());
        case 5: return f(std::integral_constant<int, 5>());
        default: break;
    }
    throw Error(ErrorCode::unsupported,
                "Sites have " + std::to_string(dimension) + " coordinates; 1 to 5 are possible, covariates of the distance counted.");
}

}  // namespace anamorph
