// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/nearest_sites.h"

#include <algorithm>
#include <numeric>
#include <variant>

#include "core/likelihood/site_tree.h"

namespace anamorph {

namespace {

constexpr std::int32_t queries_together = 256;

template <int D>
void fill_rows(const Points& u, const std::vector<std::int32_t>& order, int m,
               std::vector<std::int32_t>& rows) {
    const auto n = static_cast<std::int32_t>(order.size());
    std::vector<std::int32_t> position(order.size());
    for (std::int32_t k = 0; k < n; ++k)
        position[static_cast<std::size_t>(order[static_cast<std::size_t>(k)])] = k;
    const SiteTree<D> tree(u, position.data());
    // In the tree's order consecutive searches walk the same nodes.
#pragma omp parallel
    {
        std::vector<FoundSite> found(static_cast<std::size_t>(m));
#pragma omp for schedule(dynamic)
        for (std::int32_t first = 0; first < n; first += queries_together) {
            const std::int32_t last = std::min(n, first + queries_together);
            for (std::int32_t t = first; t < last; ++t) {
                const std::int32_t k = tree.position(t);
                const int count = tree.nearest(tree.point(t), m, k, found.data());
                const auto site = static_cast<std::size_t>(order[static_cast<std::size_t>(k)]);
                std::int32_t* row = rows.data() + site * static_cast<std::size_t>(m);
                for (int j = 0; j < count; ++j)
                    row[j] = order[static_cast<std::size_t>(found[static_cast<std::size_t>(j)].position)];
            }
        }
    }
}

void check_order(Index n, const std::vector<std::int32_t>& order) {
    std::vector<char> seen(static_cast<std::size_t>(n), 0);
    bool permutation = static_cast<Index>(order.size()) == n;
    for (std::size_t k = 0; permutation && k < order.size(); ++k) {
        permutation = order[k] >= 0 && order[k] < n && !seen[static_cast<std::size_t>(order[k])];
        if (permutation) seen[static_cast<std::size_t>(order[k])] = 1;
    }
    if (!permutation)
        throw Error(ErrorCode::dimension_mismatch,
                    "The ordering is no permutation of the " + std::to_string(n) + " sites.");
}

}  // namespace

std::vector<std::int32_t> nearest_earlier_sites(const Points& u,
                                                const std::vector<std::int32_t>& order, int m) {
    check_order(u.rows(), order);
    if (order.empty() || m <= 0) return {};
    std::vector<std::int32_t> rows(order.size() * static_cast<std::size_t>(m), -1);
    with_dimension(u.cols(), [&](auto d) { fill_rows<d()>(u, order, m, rows); });
    return rows;
}

struct NearestSites::Tree {
    std::variant<std::monostate, SiteTree<1>, SiteTree<2>, SiteTree<3>, SiteTree<4>, SiteTree<5>>
        of_dimension;
};

NearestSites::NearestSites(const Points& sites) : tree_(std::make_unique<Tree>()) {
    if (sites.rows() == 0) return;
    with_dimension(sites.cols(),
                   [&](auto d) { tree_->of_dimension.emplace<SiteTree<d()>>(sites, nullptr); });
}

NearestSites::~NearestSites() = default;
NearestSites::NearestSites(NearestSites&&) noexcept = default;
NearestSites& NearestSites::operator=(NearestSites&&) noexcept = default;

namespace {

template <int D>
int search(const SiteTree<D>& tree, const double* point, int m, std::int32_t* out) {
    thread_local std::vector<FoundSite> found;
    found.resize(static_cast<std::size_t>(std::max(m, 0)));
    std::array<double, D> p;
    std::copy_n(point, D, p.begin());
    const int count = tree.nearest(p, m, tree.size(), found.data());
    for (int j = 0; j < count; ++j) out[j] = found[static_cast<std::size_t>(j)].position;
    return count;
}

int search(const std::monostate&, const double*, int, std::int32_t*) { return 0; }

}  // namespace

int NearestSites::nearest(const double* point, int m, std::int32_t* out) const {
    return std::visit([&](const auto& tree) { return search(tree, point, m, out); },
                      tree_->of_dimension);
}

}  // namespace anamorph
