// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/sites_in_range.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <nanoflann.hpp>

#include "core/base/error.h"

namespace anamorph {

struct SitesInRange::Tree {
    /// What nanoflann asks of a set of points; one site a column, so that its coordinates lie together.
    struct Cloud {
        Points columns;
        [[nodiscard]] std::size_t kdtree_get_point_count() const {
            return static_cast<std::size_t>(columns.cols());
        }
        [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t k) const {
            return columns(static_cast<Index>(k), static_cast<Index>(i));
        }
        template <class Box>
        bool kdtree_get_bbox(Box&) const {
            return false;
        }
    };
    using Search = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>,
                                                       Cloud, -1, std::int32_t>;

    explicit Tree(const Points& sites)
        : cloud{sites.transpose()}, search(static_cast<int>(sites.cols()), cloud, {16}) {}
    Cloud cloud;
    Search search;
};

namespace {

/// nanoflann's result set of all points nearer than a radius, only their numbers.
class Collector {
public:
    using DistanceType = double;
    using IndexType = std::int32_t;
    Collector(double squared_radius, std::vector<std::int32_t>& out)
        : squared_radius_(squared_radius), out_(&out) {}
    [[nodiscard]] std::size_t size() const { return out_->size(); }
    [[nodiscard]] static bool full() { return true; }
    [[nodiscard]] double worstDist() const { return squared_radius_; }
    bool addPoint(double squared_distance, std::int32_t index) {
        if (squared_distance < squared_radius_) out_->push_back(index);
        return true;
    }

private:
    double squared_radius_;
    std::vector<std::int32_t>* out_;
};

}  // namespace

SitesInRange::SitesInRange(const Points& sites) {
    if (sites.rows() > 0) tree_ = std::make_unique<Tree>(sites);
}
SitesInRange::~SitesInRange() = default;
SitesInRange::SitesInRange(SitesInRange&&) noexcept = default;
SitesInRange& SitesInRange::operator=(SitesInRange&&) noexcept = default;

void SitesInRange::within(const double* point, double range, std::vector<std::int32_t>& out) const {
    out.clear();
    if (!tree_) return;
    Collector collector(range * range, out);
    tree_->search.findNeighbors(collector, point, nanoflann::SearchParams());
    std::sort(out.begin(), out.end());
}

SymmetricPattern pairs_in_range(const Points& sites, double range, Index most) {
    const Index n = sites.rows(), d = sites.cols();
    SymmetricPattern pattern;
    pattern.size = n;
    pattern.column_start.assign(static_cast<std::size_t>(n) + 1, 0);
    const SitesInRange search(sites);
    const int threads = n > 500 ? omp_get_max_threads() : 1;
    std::vector<std::vector<std::int32_t>> rows(static_cast<std::size_t>(threads));
    std::atomic<Index> total{0};
    std::atomic<bool> too_many{false};
#pragma omp parallel num_threads(threads)
    {
        // Consecutive columns to each thread, so that their rows are joined in order.
        const Index t = omp_get_thread_num(), team = omp_get_num_threads();
        auto& mine = rows[static_cast<std::size_t>(t)];
        std::vector<std::int32_t> found;
        std::vector<double> point(static_cast<std::size_t>(d));
        for (Index j = n * t / team; j < n * (t + 1) / team && !too_many; ++j) {
            for (Index k = 0; k < d; ++k) point[static_cast<std::size_t>(k)] = sites(j, k);
            try {
                search.within(point.data(), range, found);
                mine.push_back(static_cast<std::int32_t>(j));
                mine.insert(mine.end(),
                            std::upper_bound(found.begin(), found.end(), static_cast<std::int32_t>(j)),
                            found.end());
            } catch (const std::bad_alloc&) {
                too_many = true;
            }
            const auto above = found.end() - std::upper_bound(found.begin(), found.end(),
                                                              static_cast<std::int32_t>(j));
            pattern.column_start[static_cast<std::size_t>(j) + 1] = static_cast<std::int32_t>(above) + 1;
            if ((total += above + 1) > most) too_many = true;
        }
    }
    if (too_many)
        throw Error(ErrorCode::out_of_memory,
                    "Too many pairs of sites lie within the taper range: more than " +
                        std::to_string(most / 1'000'000) + " million.",
                    "Choose a shorter taper range, or fewer points.");
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j)
        pattern.column_start[j + 1] += pattern.column_start[j];
    pattern.row.reserve(static_cast<std::size_t>(total));
    for (auto& part : rows) {
        pattern.row.insert(pattern.row.end(), part.begin(), part.end());
        std::vector<std::int32_t>().swap(part);
    }
    return pattern;
}

}  // namespace anamorph
