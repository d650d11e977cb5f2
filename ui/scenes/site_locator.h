// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Finds sites in the plane without looking at all of them: the sites' box in square bins of about
/// two sites each. Building takes O(n), off the window's thread; sites that are not finite are left
/// out. The points themselves stay with the caller and are given to each question.
class SiteLocator {
public:
    /// `at`: n×2.
    explicit SiteLocator(const Points& at);

    /// The row whose offset from `at`, each axis times `scale`, is shortest and at most `radius`; of
    /// equal ones the first. −1 if there is none.
    [[nodiscard]] Index nearest(const Points& points, const Eigen::Vector2d& at,
                                const Eigen::Vector2d& scale, double radius) const;
    /// Rows in the box, ascending.
    [[nodiscard]] std::vector<Index> within(const Points& points, const Eigen::Vector2d& lower,
                                            const Eigen::Vector2d& upper) const;

private:
    struct BinRange {
        Index first[2], last[2];  ///< inclusive; empty where first > last
    };
    [[nodiscard]] BinRange bins_of(const Eigen::Vector2d& lower, const Eigen::Vector2d& upper) const;
    [[nodiscard]] Index bin_along(int axis, double coordinate) const;

    Eigen::Vector2d origin_ = Eigen::Vector2d::Zero();
    Eigen::Vector2d bin_size_ = Eigen::Vector2d::Ones();
    Index shape_[2] = {0, 0};
    std::vector<std::int32_t> starts_;  ///< first entry of each bin, and the number of entries last
    std::vector<std::int32_t> rows_;    ///< by bin, ascending within each
};

}  // namespace anamorph
