// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/site_locator.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anamorph {
namespace {

constexpr double sites_per_bin = 2.0;
constexpr double most_bins_along = 4000.0;

}  // namespace

SiteLocator::SiteLocator(const Points& at) {
    const Index n = at.rows();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Eigen::Vector2d lower(infinity, infinity), upper(-infinity, -infinity);
    Index finite = 0;
    for (Index i = 0; i < n; ++i) {
        const Eigen::Vector2d p(at(i, 0), at(i, 1));
        if (!p.allFinite()) continue;
        lower = lower.cwiseMin(p);
        upper = upper.cwiseMax(p);
        ++finite;
    }
    if (finite == 0) return;
    origin_ = lower;
    const double along = std::clamp(std::sqrt(static_cast<double>(finite) / sites_per_bin), 1.0, most_bins_along);
    for (int a = 0; a < 2; ++a) {
        shape_[a] = static_cast<Index>(std::ceil(along));
        const double side = upper(a) - lower(a);
        bin_size_(a) = side > 0.0 ? side / static_cast<double>(shape_[a]) : 1.0;
    }
    std::vector<std::int32_t> bin(static_cast<std::size_t>(n), -1);
    starts_.assign(static_cast<std::size_t>(shape_[0] * shape_[1] + 1), 0);
    for (Index i = 0; i < n; ++i) {
        if (!std::isfinite(at(i, 0)) || !std::isfinite(at(i, 1))) continue;
        const Index b = bin_along(0, at(i, 0)) + shape_[0] * bin_along(1, at(i, 1));
        bin[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(b);
        ++starts_[static_cast<std::size_t>(b + 1)];
    }
    for (std::size_t b = 1; b < starts_.size(); ++b) starts_[b] += starts_[b - 1];
    rows_.resize(static_cast<std::size_t>(finite));
    std::vector<std::int32_t> next(starts_.begin(), starts_.end() - 1);
    for (Index i = 0; i < n; ++i)
        if (const std::int32_t b = bin[static_cast<std::size_t>(i)]; b >= 0)
            rows_[static_cast<std::size_t>(next[static_cast<std::size_t>(b)]++)] = static_cast<std::int32_t>(i);
}

Index SiteLocator::bin_along(int axis, double coordinate) const {
    const double position = (coordinate - origin_(axis)) / bin_size_(axis);
    return static_cast<Index>(std::clamp(position, 0.0, static_cast<double>(shape_[axis] - 1)));
}

SiteLocator::BinRange SiteLocator::bins_of(const Eigen::Vector2d& lower, const Eigen::Vector2d& upper) const {
    BinRange range{};
    for (int a = 0; a < 2; ++a) {
        const double end = origin_(a) + bin_size_(a) * static_cast<double>(shape_[a]);
        const bool outside = rows_.empty() || !(upper(a) >= origin_(a)) || !(lower(a) <= end);
        range.first[a] = outside ? 1 : bin_along(a, lower(a));
        range.last[a] = outside ? 0 : bin_along(a, upper(a));
    }
    return range;
}

Index SiteLocator::nearest(const Points& points, const Eigen::Vector2d& at,
                           const Eigen::Vector2d& scale, double radius) const {
    const Eigen::Vector2d reach = radius * scale.cwiseInverse();
    const BinRange bins = bins_of(at - reach, at + reach);
    Index best = -1;
    double best_score = radius * radius;
    for (Index j = bins.first[1]; j <= bins.last[1]; ++j)
        for (Index i = bins.first[0]; i <= bins.last[0]; ++i) {
            const auto b = static_cast<std::size_t>(i + shape_[0] * j);
            for (std::int32_t k = starts_[b]; k < starts_[b + 1]; ++k) {
                const Index row = rows_[static_cast<std::size_t>(k)];
                const double dx = (points(row, 0) - at.x()) * scale.x(), dy = (points(row, 1) - at.y()) * scale.y();
                const double score = dx * dx + dy * dy;
                if (score > best_score || (score == best_score && best >= 0 && row > best)) continue;
                best = row;
                best_score = score;
            }
        }
    return best;
}

std::vector<Index> SiteLocator::within(const Points& points, const Eigen::Vector2d& lower,
                                       const Eigen::Vector2d& upper) const {
    const BinRange bins = bins_of(lower, upper);
    std::vector<Index> found;
    for (Index j = bins.first[1]; j <= bins.last[1]; ++j)
        for (Index i = bins.first[0]; i <= bins.last[0]; ++i) {
            const auto b = static_cast<std::size_t>(i + shape_[0] * j);
            const bool inner = i > bins.first[0] && i < bins.last[0] && j > bins.first[1] && j < bins.last[1];
            for (std::int32_t k = starts_[b]; k < starts_[b + 1]; ++k) {
                const Index row = rows_[static_cast<std::size_t>(k)];
                const double x = points(row, 0), y = points(row, 1);
                if (inner || (x >= lower.x() && x <= upper.x() && y >= lower.y() && y <= upper.y()))
                    found.push_back(row);
            }
        }
    const auto total = rows_.empty() ? 0 : static_cast<std::size_t>(points.rows());
    if (found.size() < total / 16) {
        std::sort(found.begin(), found.end());
        return found;
    }
    std::vector<char> is_in(total, 0);  // of a large part, marking is quicker than sorting
    for (const Index row : found) is_in[static_cast<std::size_t>(row)] = 1;
    std::size_t next = 0;
    for (std::size_t row = 0; row < total; ++row)
        if (is_in[row]) found[next++] = static_cast<Index>(row);
    return found;
}

}  // namespace anamorph
