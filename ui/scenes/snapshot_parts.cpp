// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/snapshot_parts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/data/scale_limits.h"

namespace anamorph {
namespace {

constexpr Index pieces_per_cell = 6;  ///< of a grid line: so many straight pieces make it smooth

Vector side_lengths(const PredictionGrid& grid) {
    Vector sides(grid.dimension());
    for (int a = 0; a < grid.dimension(); ++a)
        sides(a) = grid.cell_size(a) * static_cast<double>(grid.shape[static_cast<std::size_t>(a)]);
    return sides;
}

/// Lines along `axis`, cut where the mask has no cell; appended to vertices and starts.
class LineCollector {
public:
    explicit LineCollector(const PredictionGrid& grid) : grid_(grid), d_(grid.dimension()) {}

    /// A line from `start` of `length` along `axis` in `pieces` straight pieces.
    void add(const Vector& start, int axis, double length, Index pieces) {
        bool open = false;
        Points middle = start.transpose();
        for (Index k = 0; k < pieces; ++k) {
            const double step = length / static_cast<double>(pieces);
            middle(0, axis) = start(axis) + (static_cast<double>(k) + 0.5) * step;
            if (!visible(middle, axis)) {
                open = false;
                continue;
            }
            if (!open) {
                starts.push_back(static_cast<Index>(vertices.size()));
                push(start, axis, static_cast<double>(k) * step);
                open = true;
            }
            push(start, axis, static_cast<double>(k + 1) * step);
        }
    }

    std::vector<Vector> vertices;
    std::vector<Index> starts;

private:
    /// A line on the edge of cells counts as visible if the cell on either side is.
    bool visible(const Points& middle, int axis) const {
        if (d_ != 2 || grid_.mask.empty()) return true;
        const int across = 1 - axis;
        const double nudge = 1e-6 * grid_.cell_size(across);
        Points beside = middle;
        beside(0, across) = middle(0, across) - nudge;
        if (cell_at(grid_, beside) >= 0) return true;
        beside(0, across) = middle(0, across) + nudge;
        return cell_at(grid_, beside) >= 0;
    }
    void push(const Vector& start, int axis, double along) {
        vertices.push_back(start);
        vertices.back()(axis) += along;
    }

    const PredictionGrid& grid_;
    int d_;
};

}  // namespace

PointsInBoth in_both(const SpatialMapSource& source, Points x_in_geographic) {
    PointsInBoth both;
    if (x_in_geographic.rows() > 0)
        both.in_deformed = source.deformed_from_geographic(x_in_geographic);
    else
        both.in_deformed.resize(0, x_in_geographic.cols());
    both.in_geographic = std::move(x_in_geographic);
    return both;
}

Index cell_at(const PredictionGrid& grid, const Points& x) {
    Index flat = 0, stride = 1;
    for (int a = 0; a < grid.dimension(); ++a) {
        const Index count = grid.shape[static_cast<std::size_t>(a)];
        const double position = (x(0, a) - grid.origin(a)) / grid.cell_size(a);
        if (!(position >= 0.0) || !(position <= static_cast<double>(count))) return -1;
        flat += stride * std::min(static_cast<Index>(position), count - 1);
        stride *= count;
    }
    return grid.mask.empty() || grid.mask[static_cast<std::size_t>(flat)] ? flat : -1;
}

BentLattice build_lattice(const SpatialMapSource& source, const PredictionGrid& grid, Index count,
                          bool with_log_det) {
    const Vector sides = side_lengths(grid);
    const double spacing = sides.maxCoeff() / static_cast<double>(count - 1);
    BentLattice lattice;
    Index total = 1;
    for (Index a = 0; a < sides.size(); ++a) {
        const auto nodes = static_cast<Index>(std::lround(sides(a) / spacing)) + 1;
        lattice.shape.push_back(std::max<Index>(nodes, 2));
        total *= lattice.shape.back();
    }
    Points x(total, sides.size());
    for (Index flat = 0; flat < total; ++flat) {
        Index rest = flat;
        for (Index a = 0; a < sides.size(); ++a) {
            const Index nodes = lattice.shape[static_cast<std::size_t>(a)];
            x(flat, a) = grid.origin(a) +
                         sides(a) * static_cast<double>(rest % nodes) / static_cast<double>(nodes - 1);
            rest /= nodes;
        }
    }
    if (with_log_det) lattice.log_abs_det = source.log_abs_det_jacobian(x);
    lattice.nodes = in_both(source, std::move(x));
    return lattice;
}

WarpGrid build_warp_grid(const SpatialMapSource& source, const PredictionGrid& grid, int count) {
    const Vector sides = side_lengths(grid);
    const auto d = static_cast<int>(sides.size());
    Vector spacing = Vector::Constant(d, sides.maxCoeff() / count);
    if (d == 3) spacing = sides / count;
    std::vector<Index> cells;
    for (int a = 0; a < d; ++a)
        cells.push_back(std::max<Index>(1, static_cast<Index>(std::lround(sides(a) / spacing(a)))));

    LineCollector lines(grid);
    for (int axis = 0; axis < d; ++axis) {
        const int b = (axis + 1) % d, c = (axis + 2) % d;  // the axes across (d = 2: only b)
        const Index nb = d >= 2 ? cells[static_cast<std::size_t>(b)] : 0;
        const Index nc = d == 3 ? cells[static_cast<std::size_t>(c)] : 0;
        for (Index j = 0; j <= nb; ++j) {
            for (Index k = 0; k <= nc; ++k) {
                Vector start = grid.origin;
                if (d >= 2) start(b) += sides(b) * static_cast<double>(j) / static_cast<double>(nb);
                if (d == 3) start(c) += sides(c) * static_cast<double>(k) / static_cast<double>(nc);
                lines.add(start, axis, sides(axis), cells[static_cast<std::size_t>(axis)] * pieces_per_cell);
            }
        }
    }
    Points x(static_cast<Index>(lines.vertices.size()), d);
    for (Index i = 0; i < x.rows(); ++i)
        x.row(i) = lines.vertices[static_cast<std::size_t>(i)].transpose();
    WarpGrid warp;
    warp.line_starts = std::move(lines.starts);
    warp.line_starts.push_back(x.rows());
    warp.log_abs_det = x.rows() > 0 ? source.log_abs_det_jacobian(x) : Vector();
    warp.vertices = in_both(source, std::move(x));
    return warp;
}

EllipseField build_ellipses(const SpatialMapSource& source, const PredictionGrid& grid, int count) {
    constexpr Index corners = 49;
    const Vector sides = side_lengths(grid);
    const double spacing = sides.maxCoeff() / count;
    std::vector<Eigen::RowVector2d> centres;
    for (double y = grid.origin(1) + 0.5 * spacing; y < grid.origin(1) + sides(1); y += spacing)
        for (double x = grid.origin(0) + 0.5 * spacing; x < grid.origin(0) + sides(0); x += spacing)
            if (cell_at(grid, Eigen::RowVector2d(x, y)) >= 0) centres.emplace_back(x, y);
    EllipseField field;
    if (centres.empty()) return field;

    const auto m = static_cast<Index>(centres.size());
    Points x(m, 2);
    for (Index i = 0; i < m; ++i) x.row(i) = centres[static_cast<std::size_t>(i)];
    const Matrix ranges = source.local_ranges(x);
    const double typical = finite_quantile(ranges.col(0), 0.9).value_or(0.0);
    if (!(typical > 0.0)) return field;
    field.scale = 0.46 * spacing / typical;

    Points outline(m * corners, 2);
    for (Index i = 0; i < m; ++i) {
        const double angle = ranges(i, 2) * std::numbers::pi / 180.0;
        const Eigen::RowVector2d major(std::cos(angle), std::sin(angle)), minor(-major(1), major(0));
        for (Index k = 0; k < corners; ++k) {
            const double t = 2.0 * std::numbers::pi * static_cast<double>(k) / (corners - 1);
            outline.row(i * corners + k) =
                x.row(i) + field.scale * (ranges(i, 0) * std::cos(t) * major +
                                          ranges(i, 1) * std::sin(t) * minor);
        }
    }
    const PointsInBoth all = in_both(source, std::move(outline));
    for (Index i = 0; i < m; ++i)
        field.outlines.push_back({all.in_geographic.middleRows(i * corners, corners),
                                  all.in_deformed.middleRows(i * corners, corners)});
    return field;
}

CorrelationProfile build_profile(const SpatialMapSource& source, const PredictionGrid& grid) {
    constexpr Index steps = 240;
    const Vector sides = side_lengths(grid);
    const Points centre = (grid.origin + 0.5 * sides).transpose();
    Points x(steps + 1, sides.size());
    x.row(0) = centre;
    for (Index k = 1; k <= steps; ++k) {  // outwards along the diagonal, finer near the centre
        const double t = std::pow(static_cast<double>(k) / steps, 2.0);
        x.row(k) = centre + t * sides.transpose();
    }
    const Vector correlation = source.correlation_with(centre, x);
    const Points u = source.deformed_from_geographic(x);
    std::vector<std::pair<double, double>> pairs;
    for (Index k = 0; k <= steps; ++k) {
        const double h = (u.row(k) - u.row(0)).norm();
        if (std::isfinite(h) && std::isfinite(correlation(k))) pairs.emplace_back(h, correlation(k));
    }
    std::sort(pairs.begin(), pairs.end());
    CorrelationProfile profile;
    profile.distance.resize(static_cast<Index>(pairs.size()));
    profile.correlation.resize(static_cast<Index>(pairs.size()));
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        profile.distance(static_cast<Index>(k)) = pairs[k].first;
        profile.correlation(static_cast<Index>(k)) = pairs[k].second;
    }
    return profile;
}

CurveLayer build_curve(const SpatialMapSource& source, const PredictionGrid& grid,
                       const GridMap* map) {
    Points x = grid.centres();
    CurveLayer curve;
    curve.x_in_geographic = x.col(0);
    curve.u_in_deformed = source.deformed_from_geographic(x).col(0);
    curve.log_abs_det = source.log_abs_det_jacobian(x);
    if (map != nullptr) {
        curve.mean = map->mean;
        curve.standard_deviation = map->standard_deviation;
        curve.lower_95 = map->mean - 1.959964 * map->standard_deviation;
        curve.upper_95 = map->mean + 1.959964 * map->standard_deviation;
        for (const FurtherLayer& layer : map->further) {
            curve.further.push_back(layer.values);
            if (layer.kind != FurtherLayer::Kind::quantile) continue;
            if (layer.level == 0.025) curve.lower_95 = layer.values;
            if (layer.level == 0.975) curve.upper_95 = layer.values;
        }
    }
    return curve;
}

}  // namespace anamorph
