// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/prediction_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nanoflann.hpp>
#include <numeric>
#include <set>
#include <utility>

#include "core/base/error.h"

namespace anamorph {

namespace {

/// Positions closer together than this share of the extent count as one profile in 3-D.
constexpr double profile_tolerance = 0.005;
/// The median nearest-neighbour distance is taken over at most so many sites.
constexpr Index median_sample = 20000;

void check(const Points& sites, Index cells, double margin, double mask_distance) {
    if (sites.rows() == 0 || sites.cols() < 1 || sites.cols() > 3 || !sites.allFinite())
        throw Error(ErrorCode::bad_input,
                    "A grid needs sites with 1, 2 or 3 finite coordinates to lie around.");
    if (cells < 1)
        throw Error(ErrorCode::bad_input, "A grid needs at least one cell on its longest side; " +
                                              std::to_string(cells) + " were asked for.");
    if (!(margin >= 0.0) || !(mask_distance >= 0.0) || !std::isfinite(margin + mask_distance))
        throw Error(ErrorCode::bad_input,
                    "The margin and the mask distance of a grid must not be negative.");
    double count = 1.0;
    for (Index axis = 0; axis < sites.cols(); ++axis) count *= static_cast<double>(cells);
    if (count > 1e9 * (sites.cols() == 3 ? 4.0 : 1.0))
        throw Error(ErrorCode::bad_input,
                    "A grid with " + std::to_string(cells) +
                        " cells on its longest side is too "
                        "fine: it would have more than a thousand million cells.",
                    "Choose larger cells.");
}

/// Lays `axes` axes with equal cells around the box; fills origin, cell size and shape.
void lay_axes(PredictionGrid& grid, const Points& sites, Index first, Index axes, Index cells,
              double margin) {
    const Vector low = sites.middleCols(first, axes).colwise().minCoeff();
    const Vector high = sites.middleCols(first, axes).colwise().maxCoeff();
    const double longest = (high - low).maxCoeff();
    const double around = margin * longest;
    const double size = longest > 0.0 ? (longest + 2.0 * around) / static_cast<double>(cells) : 1.0;
    for (Index axis = 0; axis < axes; ++axis) {
        const double side = high[axis] - low[axis] + 2.0 * around;
        const Index count = std::clamp<Index>(static_cast<Index>(std::ceil(side / size - 1e-9)), 1,
                                              longest > 0.0 ? cells : 1);
        grid.cell_size[first + axis] = size;
        grid.shape[static_cast<std::size_t>(first + axis)] = count;
        grid.origin[first + axis] =
            0.5 * (low[axis] + high[axis]) - 0.5 * size * static_cast<double>(count);
    }
}

/// Row-major view of the first two columns for nanoflann.
struct PlaneCloud {
    const Points& points;
    [[nodiscard]] std::size_t kdtree_get_point_count() const {
        return static_cast<std::size_t>(points.rows());
    }
    [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t axis) const {
        return points(static_cast<Index>(i), static_cast<Index>(axis));
    }
    template <class Box>
    bool kdtree_get_bbox(Box&) const {
        return false;
    }
};

/// Median of the distances from sites to their nearest other position; 0 if most coincide with another.
double median_nearest_distance(const Points& plane) {
    using Tree =
        nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, PlaneCloud>,
                                            PlaneCloud, 2, std::size_t>;
    const PlaneCloud cloud{plane};
    Tree tree(2, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16));
    tree.buildIndex();
    const Index step = std::max<Index>(1, plane.rows() / median_sample);
    std::vector<double> distances;
    std::size_t asked = 0;
    for (Index i = 0; i < plane.rows(); i += step, ++asked) {
        const double query[2] = {plane(i, 0), plane(i, 1)};
        std::size_t neighbours[2] = {0, 0};
        double squared[2] = {0.0, 0.0};
        const std::size_t found = tree.knnSearch(query, 2, neighbours, squared);
        if (found == 2 && squared[1] > 0.0) distances.push_back(std::sqrt(squared[1]));
    }
    if (2 * distances.size() < asked || distances.empty()) return 0.0;
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle;
}

/// One position for each profile: sites whose first two coordinates nearly agree are merged.
Points profile_positions(const Points& sites) {
    const auto x = sites.leftCols(2);
    const Vector low = x.colwise().minCoeff();
    const double tolerance =
        profile_tolerance * (x.colwise().maxCoeff() - x.colwise().minCoeff()).maxCoeff();
    if (tolerance <= 0.0) return x.topRows(1);
    std::set<std::pair<long, long>> seen;
    std::vector<Index> rows;
    for (Index i = 0; i < x.rows(); ++i) {
        const std::pair<long, long> bin{std::lround((x(i, 0) - low[0]) / tolerance),
                                        std::lround((x(i, 1) - low[1]) / tolerance)};
        if (seen.insert(bin).second) rows.push_back(i);
    }
    return x(rows, Eigen::all);
}

/// Each position once.
Points distinct_positions(const Points& plane) {
    std::set<std::pair<double, double>> seen;
    std::vector<Index> rows;
    for (Index i = 0; i < plane.rows(); ++i)
        if (seen.emplace(plane(i, 0), plane(i, 1)).second) rows.push_back(i);
    return plane(rows, Eigen::all);
}

/// Flags of the nx×ny cells whose centres lie within `radius` of a position. Fills a span of cells
/// in each row around each position, so the cost is that of the flagged area, not of a search.
std::vector<std::uint8_t> cells_near(const PredictionGrid& grid, const Points& plane,
                                     double radius) {
    const Index nx = grid.shape[0];
    const Index ny = grid.shape[1];
    std::vector<std::uint8_t> flags(static_cast<std::size_t>(nx * ny), 0);
    const double size_x = grid.cell_size[0];
    const double size_y = grid.cell_size[1];
    for (Index i = 0; i < plane.rows(); ++i) {
        const double x = plane(i, 0) - grid.origin[0];
        const double y = plane(i, 1) - grid.origin[1];
        const auto last_row =
            std::min<double>(static_cast<double>(ny - 1), std::floor((y + radius) / size_y - 0.5));
        const auto first_row = std::max(0.0, std::ceil((y - radius) / size_y - 0.5));
        for (Index row = static_cast<Index>(first_row); static_cast<double>(row) <= last_row;
             ++row) {
            const double dy = (static_cast<double>(row) + 0.5) * size_y - y;
            const double reach = std::sqrt(std::max(0.0, radius * radius - dy * dy));
            const double first = std::max(0.0, std::ceil((x - reach) / size_x - 0.5));
            const double last = std::min<double>(static_cast<double>(nx - 1),
                                                 std::floor((x + reach) / size_x - 0.5));
            if (last < first) continue;
            const auto begin = flags.begin() + row * nx + static_cast<Index>(first);
            std::fill_n(begin, static_cast<Index>(last - first) + 1, std::uint8_t{1});
        }
    }
    return flags;
}

/// The mask of `around` for d = 2 and 3; empty if it would keep every cell or none.
std::vector<std::uint8_t> mask_near(const PredictionGrid& grid, const Points& sites,
                                    double mask_distance) {
    Points plane = grid.dimension() == 3 ? profile_positions(sites) : sites;
    double spacing = median_nearest_distance(plane);
    if (!(spacing > 0.0)) {  // the same sites again and again: realisations, times
        plane = distinct_positions(plane);
        spacing = median_nearest_distance(plane);
    }
    // Never finer than the cells: else a fine cluster would leave holes between single cells.
    const double radius = std::max(4.0 * mask_distance * spacing,
                                   grid.cell_size.head(2).maxCoeff());
    const std::vector<std::uint8_t> level = cells_near(grid, plane, radius);
    const auto kept = static_cast<std::size_t>(std::count(level.begin(), level.end(), 1));
    if (kept == 0 || kept == level.size()) return {};
    std::vector<std::uint8_t> mask;
    const Index levels = grid.dimension() == 3 ? grid.shape[2] : 1;
    mask.reserve(level.size() * static_cast<std::size_t>(levels));
    for (Index k = 0; k < levels; ++k) mask.insert(mask.end(), level.begin(), level.end());
    return mask;
}

}  // namespace

namespace {

std::string short_number(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", x);
    return text;
}

}  // namespace

std::string FurtherLayer::title(const std::string& value_unit) const {
    if (kind == Kind::quantile) return short_number(100.0 * level) + " % quantile";
    if (kind == Kind::local_range) return "local range";
    if (kind == Kind::smoothness) return "smoothness ν";
    if (kind == Kind::local_range_spread)
        return "range spread, " + short_number(100.0 * level) + " %";
    return "probability above " + short_number(level) + (value_unit.empty() ? "" : " " + value_unit);
}

std::string FurtherLayer::short_name() const {
    if (kind == Kind::local_range) return "local_range";
    if (kind == Kind::smoothness) return "smoothness";
    if (kind == Kind::local_range_spread) return "local_range_spread";
    return (kind == Kind::quantile ? "q" : "above_") + short_number(level);
}

Index PredictionGrid::cell_count() const {
    if (shape.empty()) return 0;
    return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
}

Index PredictionGrid::active_count() const {
    if (mask.empty()) return cell_count();
    return static_cast<Index>(
        std::count_if(mask.begin(), mask.end(), [](std::uint8_t flag) { return flag != 0; }));
}

double PredictionGrid::centre(int axis, Index index) const {
    if (times.size() > 0 && axis == dimension() - 1) return times(index);
    return origin[axis] + (static_cast<double>(index) + 0.5) * cell_size[axis];
}

Points PredictionGrid::centres() const {
    Points result(cell_count(), dimension());
    Index stride = 1;
    for (int axis = 0; axis < dimension(); ++axis) {
        const Index count = shape[static_cast<std::size_t>(axis)];
        for (Index cell = 0; cell < result.rows(); ++cell)
            result(cell, axis) =
                centre(axis, (cell / stride) % count);
        stride *= count;
    }
    return result;
}

std::vector<Index> PredictionGrid::active_cells() const {
    std::vector<Index> cells;
    cells.reserve(static_cast<std::size_t>(active_count()));
    for (Index cell = 0; cell < cell_count(); ++cell)
        if (mask.empty() || mask[static_cast<std::size_t>(cell)] != 0) cells.push_back(cell);
    return cells;
}

PredictionGrid PredictionGrid::around(const Points& sites, Index cells_on_longest_side,
                                      double margin, double mask_distance) {
    check(sites, cells_on_longest_side, margin, mask_distance);
    const Index d = sites.cols();
    PredictionGrid grid;
    grid.origin.resize(d);
    grid.cell_size.resize(d);
    grid.shape.resize(static_cast<std::size_t>(d));
    lay_axes(grid, sites, 0, std::min<Index>(d, 2), cells_on_longest_side, margin);
    if (d == 3) lay_axes(grid, sites, 2, 1, std::max<Index>(1, cells_on_longest_side / 4), margin);
    if (d > 1 && mask_distance > 0.0) grid.mask = mask_near(grid, sites, mask_distance);
    return grid;
}

}  // namespace anamorph
