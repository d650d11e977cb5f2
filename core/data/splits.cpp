// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/splits.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/realisations.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"

namespace anamorph {
namespace {

constexpr int kMostWholeFolds = 10;

/// Which of `count` equal cells of [low, high] holds `x`.
Index cell_of(double x, double low, double high, int count) {
    if (!(high > low)) return 0;
    const auto cell = static_cast<Index>(std::floor((x - low) / (high - low) * count));
    return std::clamp<Index>(cell, 0, count - 1);
}

/// Rows of each block that holds a site, in the order of the blocks.
std::vector<std::vector<Index>> rows_by_block(const SpatialDataset& dataset, int nx, int ny) {
    std::map<Index, std::vector<Index>> blocks;
    const Points x = map_coordinates(dataset).leftCols(std::min(2, dataset.space_dimension()));
    const Vector low = x.colwise().minCoeff();
    const Vector high = x.colwise().maxCoeff();
    for (Index i = 0; i < x.rows(); ++i) {
        Index block = cell_of(x(i, 0), low(0), high(0), nx);
        if (x.cols() > 1) block += nx * cell_of(x(i, 1), low(1), high(1), ny);
        blocks[block].push_back(i);
    }
    std::vector<std::vector<Index>> result;
    for (auto& [block, rows] : blocks) result.push_back(std::move(rows));
    return result;
}

/// Rows of each group, in the order in which the groups appear.
std::vector<std::vector<Index>> rows_by_group(const SpatialDataset& dataset) {
    std::map<std::string, std::size_t> place;
    std::vector<std::vector<Index>> groups;
    for (Index i = 0; i < dataset.size(); ++i) {
        const auto [found, fresh] =
            place.emplace(dataset.groups[static_cast<std::size_t>(i)], groups.size());
        if (fresh) groups.emplace_back();
        groups[found->second].push_back(i);
    }
    return groups;
}

/// Random order, then the largest piece first to the fold with the fewest sites: whole pieces,
/// folds of similar size, none empty.
std::vector<std::vector<Index>> deal_whole(std::vector<std::vector<Index>> pieces, int fold_count,
                                           std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<std::vector<Index>> shuffled;
    for (const Index k : random.permutation(static_cast<Index>(pieces.size())))
        shuffled.push_back(std::move(pieces[static_cast<std::size_t>(k)]));
    std::stable_sort(shuffled.begin(), shuffled.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::vector<std::vector<Index>> folds(static_cast<std::size_t>(fold_count));
    for (const auto& rows : shuffled) {
        const auto smallest = std::min_element(
            folds.begin(), folds.end(),
            [](const auto& a, const auto& b) { return a.size() < b.size(); });
        smallest->insert(smallest->end(), rows.begin(), rows.end());
    }
    for (auto& rows : folds) std::sort(rows.begin(), rows.end());
    return folds;
}

}  // namespace

Folds random_folds(Index sites, int folds, std::uint64_t seed) {
    if (folds < 2 || folds > sites) {
        throw Error(ErrorCode::bad_input,
                    std::to_string(sites) + " sites cannot be dealt to " + std::to_string(folds) +
                        " folds.",
                    "Choose between 2 folds and as many as there are sites.");
    }
    RandomStream random(seed);
    const std::vector<Index> order = random.permutation(sites);
    Folds result;
    result.description = std::to_string(folds) + " random folds, seed " + std::to_string(seed);
    result.test_rows.resize(static_cast<std::size_t>(folds));
    for (std::size_t k = 0; k < order.size(); ++k) {
        result.test_rows[k % static_cast<std::size_t>(folds)].push_back(order[k]);
    }
    for (auto& rows : result.test_rows) std::sort(rows.begin(), rows.end());
    return result;
}

Folds site_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed) {
    std::map<std::vector<double>, std::vector<Index>> places;
    for (Index i = 0; i < dataset.size(); ++i) {
        std::vector<double> x(static_cast<std::size_t>(dataset.coordinates.cols()));
        for (std::size_t axis = 0; axis < x.size(); ++axis)
            x[axis] = dataset.coordinates(i, static_cast<Index>(axis));
        places[x].push_back(i);
    }
    const Folds of_places = random_folds(static_cast<Index>(places.size()), folds, seed);
    std::vector<const std::vector<Index>*> rows;
    for (const auto& [x, own] : places) rows.push_back(&own);
    Folds result;
    result.description = std::to_string(folds) + " random folds of " + std::to_string(places.size()) +
                         " sites with all their values, seed " + std::to_string(seed);
    for (const auto& fold : of_places.test_rows) {
        std::vector<Index> all;
        for (const Index p : fold) {
            const auto& own = *rows[static_cast<std::size_t>(p)];
            all.insert(all.end(), own.begin(), own.end());
        }
        std::sort(all.begin(), all.end());
        result.test_rows.push_back(std::move(all));
    }
    result.clustered = true;
    return result;
}

Folds row_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed) {
    if (!dataset.has_realisations()) return random_folds(dataset.size(), folds, seed);
    if (folds < 2 || folds > largest_realisation(dataset))
        throw Error(ErrorCode::bad_input,
                    "The values of a realisation cannot be dealt to " + std::to_string(folds) + " folds.",
                    "Choose between 2 folds and as many as the largest realisation has values.");
    RandomStream random(seed);
    Folds result;
    result.description = std::to_string(folds) + " random folds of values, seed " + std::to_string(seed);
    result.test_rows.resize(static_cast<std::size_t>(folds));
    std::size_t next = 0;  // goes on from realisation to realisation, so that folds are of equal size
    for (int r = 0; r < realisation_count(dataset); ++r) {
        const auto rows = rows_of_realisation(dataset, r);
        for (const Index k : random.permutation(static_cast<Index>(rows.size())))
            result.test_rows[next++ % static_cast<std::size_t>(folds)].push_back(
                rows[static_cast<std::size_t>(k)]);
    }
    for (auto& rows : result.test_rows) std::sort(rows.begin(), rows.end());
    return result;
}

Folds block_folds(const SpatialDataset& dataset, int nx, int ny, int folds, std::uint64_t seed) {
    if (nx < 1 || ny < 1 || nx > 1000 || ny > 1000 || (dataset.space_dimension() == 1 && ny != 1)) {
        throw Error(ErrorCode::bad_input,
                    std::to_string(nx) + " × " + std::to_string(ny) +
                        " spatial blocks cannot be laid over " +
                        std::to_string(dataset.dimension()) + "-dimensional sites.",
                    "Use between 1 and 1000 blocks an axis, and NXx1 in one dimension.");
    }
    if (dataset.size() == 0) {
        throw Error(ErrorCode::bad_input, "A data set without sites has no blocks.");
    }
    std::vector<std::vector<Index>> blocks = rows_by_block(dataset, nx, ny);
    const int block_count = static_cast<int>(blocks.size());
    const int fold_count = folds == 0 ? std::min(block_count, kMostWholeFolds) : folds;
    if (fold_count < 2 || fold_count > block_count) {
        throw Error(ErrorCode::bad_input,
                    std::to_string(block_count) + " blocks that hold sites cannot be dealt to " +
                        std::to_string(fold_count) + " folds.",
                    "Use more blocks, or between 2 folds and as many as there are blocks.");
    }

    Folds result;
    result.description = std::to_string(nx) + " × " + std::to_string(ny) + " spatial blocks in " +
                         std::to_string(fold_count) + " folds, seed " + std::to_string(seed);
    result.test_rows = deal_whole(std::move(blocks), fold_count, seed);
    result.clustered = true;
    return result;
}

namespace {

void require_time(const SpatialDataset& dataset) {
    if (dataset.last_axis_is_time && dataset.size() > 0) return;
    throw Error(ErrorCode::bad_input, "The data have no axis of time to hold out periods of.",
                "Name the column of the times when the table is imported.");
}

}  // namespace

Folds period_folds(const SpatialDataset& dataset, int periods, int folds, std::uint64_t seed) {
    require_time(dataset);
    if (periods < 2 || periods > 10'000)
        throw Error(ErrorCode::bad_input, "The number of periods must lie between 2 and 10,000.");
    const auto times = dataset.coordinates.col(dataset.dimension() - 1);
    const double first = times.minCoeff(), last = times.maxCoeff();
    std::map<Index, std::vector<Index>> held;
    for (Index i = 0; i < dataset.size(); ++i) held[cell_of(times(i), first, last, periods)].push_back(i);
    std::vector<std::vector<Index>> pieces;
    for (auto& [period, rows] : held) pieces.push_back(std::move(rows));
    const int count = static_cast<int>(pieces.size());
    const int fold_count = folds == 0 ? std::min(count, kMostWholeFolds) : folds;
    if (fold_count < 2 || fold_count > count)
        throw Error(ErrorCode::bad_input,
                    std::to_string(count) + (count == 1 ? " period that holds" : " periods that hold") +
                        " sites cannot be dealt to " + std::to_string(fold_count) + " folds.",
                    "Choose between 2 folds and as many as there are periods.");
    Folds result;
    result.description = std::to_string(count) + " periods of time in " + std::to_string(fold_count) +
                         " folds, seed " + std::to_string(seed);
    result.test_rows = deal_whole(std::move(pieces), fold_count, seed);
    result.clustered = true;
    return result;
}

Folds forecast_fold(const SpatialDataset& dataset, double share) {
    require_time(dataset);
    if (!(share > 0.0 && share < 1.0))
        throw Error(ErrorCode::bad_input, "The share of time that is forecast must lie between 0 and 1.");
    const auto times = dataset.coordinates.col(dataset.dimension() - 1);
    const double first = times.minCoeff(), last = times.maxCoeff();
    const double from = last - share * (last - first);
    Folds result;
    result.test_rows.emplace_back();
    for (Index i = 0; i < dataset.size(); ++i)
        if (times(i) > from) result.test_rows.front().push_back(i);
    const auto held = static_cast<Index>(result.test_rows.front().size());
    if (held == 0 || held == dataset.size())
        throw Error(ErrorCode::bad_input, "No sites remain to forecast, or to forecast from.",
                    "Choose another share of the time.");
    result.description = "forecast of what was measured after " + time_text(from, dataset.time_unit);
    return result;
}

Folds group_folds(const SpatialDataset& dataset, int folds, std::uint64_t seed) {
    if (dataset.groups.empty()) {
        throw Error(ErrorCode::bad_input, "The data have no groups to hold out.",
                    "Name the column that says which sites belong together (a borehole, a float) "
                    "when the table is imported.");
    }
    std::vector<std::vector<Index>> groups = rows_by_group(dataset);
    const int group_count = static_cast<int>(groups.size());
    const int fold_count = folds == 0 ? std::min(group_count, kMostWholeFolds) : folds;
    if (fold_count < 2 || fold_count > group_count) {
        throw Error(ErrorCode::bad_input,
                    std::to_string(group_count) + (group_count == 1 ? " group" : " groups") +
                        " cannot be dealt to " + std::to_string(fold_count) + " folds.",
                    "Choose between 2 folds and as many as there are groups.");
    }
    Folds result;
    result.description = std::to_string(group_count) + " whole groups in " +
                         std::to_string(fold_count) + " folds, seed " + std::to_string(seed);
    result.test_rows = deal_whole(std::move(groups), fold_count, seed);
    result.clustered = true;
    return result;
}

}  // namespace anamorph
