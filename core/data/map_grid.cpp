// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/map_grid.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/data/sphere.h"

namespace anamorph {

namespace {

/// No cell lies beyond a pole or further than once round the globe.
void keep_on_globe(PredictionGrid& grid) {
    const double ends[2] = {360.0, 180.0};
    for (Index axis = 0; axis < 2; ++axis) {
        const auto count = static_cast<double>(grid.shape[static_cast<std::size_t>(axis)]);
        double low = grid.origin(axis), high = low + count * grid.cell_size(axis);
        if (axis == 1) {
            low = std::max(low, -90.0);
            high = std::min(high, 90.0);
        } else if (high - low > ends[axis]) {
            const double middle = 0.5 * (low + high);
            low = middle - 180.0;
            high = middle + 180.0;
        }
        grid.origin(axis) = low;
        grid.cell_size(axis) = (high - low) / count;
    }
}

Points positions(const SpatialDataset& dataset) {
    if (dataset.coordinate_system.chordal) return map_coordinates(dataset);
    return dataset.coordinates.leftCols(dataset.space_dimension());
}

}  // namespace

PredictionGrid at_times(const PredictionGrid& of_space, std::vector<double> times) {
    if (times.empty() || !std::all_of(times.begin(), times.end(), [](double t) { return std::isfinite(t); }))
        throw Error(ErrorCode::bad_input, "A map of space with time needs the times that it is made at.");
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    PredictionGrid grid = of_space;
    const Index d = of_space.dimension(), count = static_cast<Index>(times.size());
    const double step = count > 1 ? (times.back() - times.front()) / static_cast<double>(count - 1) : 1.0;
    grid.times = Eigen::Map<const Vector>(times.data(), count);
    grid.origin.conservativeResize(d + 1);
    grid.origin(d) = times.front() - 0.5 * step;
    grid.cell_size.conservativeResize(d + 1);
    grid.cell_size(d) = step;
    grid.shape.push_back(count);
    const std::vector<std::uint8_t> level = grid.mask;
    for (Index k = 1; k < count; ++k) grid.mask.insert(grid.mask.end(), level.begin(), level.end());
    return grid;
}

std::vector<double> spread_times(const SpatialDataset& dataset, int count) {
    const auto t = dataset.coordinates.col(dataset.dimension() - 1);
    const double first = t.minCoeff(), last = t.maxCoeff();
    if (count < 2 || !(last > first)) return {0.5 * (first + last)};
    std::vector<double> times;
    for (int k = 0; k < count; ++k) times.push_back(first + (last - first) * k / (count - 1));
    return times;
}

PredictionGrid map_grid(const SpatialDataset& dataset, Index cells, const std::vector<double>& times,
                        double margin, double mask_distance) {
    PredictionGrid grid = PredictionGrid::around(positions(dataset), cells, margin, mask_distance);
    if (dataset.coordinate_system.chordal) keep_on_globe(grid);
    if (!dataset.last_axis_is_time) return grid;
    return at_times(grid, times.empty() ? spread_times(dataset, 1) : times);
}

GridMap level_of(const GridMap& map, Index level) {
    if (map.grid.times.size() == 0 || level < 0 || level >= map.grid.times.size())
        throw Error(ErrorCode::bad_input, "The map has no such time.");
    GridMap out = map;
    const Index last = map.grid.dimension() - 1;
    const Index cells = map.grid.cell_count() / map.grid.times.size();
    const auto part = [&](const Vector& all) { return Vector(all.segment(level * cells, cells)); };
    out.grid.times.resize(0);
    out.grid.origin.conservativeResize(last);
    out.grid.cell_size.conservativeResize(last);
    out.grid.shape.pop_back();
    if (!map.grid.mask.empty())
        out.grid.mask.assign(map.grid.mask.begin() + level * cells, map.grid.mask.begin() + (level + 1) * cells);
    out.mean = part(map.mean);
    out.standard_deviation = part(map.standard_deviation);
    for (std::size_t k = 0; k < map.further.size(); ++k) out.further[k].values = part(map.further[k].values);
    return out;
}

}  // namespace anamorph
