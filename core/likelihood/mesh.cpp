// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/mesh.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr double most_vertices[] = {2e6, 5e5, 6e4};  // that may be asked for, by dimension
constexpr double fewest_chosen[] = {1e3, 4e3, 5e3};
constexpr double most_chosen[] = {6e4, 6e4, 1.5e4};

/// One axis of the box.
struct Axis {
    double low, width;
};

double cells_within(const Axis& axis, double spacing) {
    return std::max(1.0, std::ceil(axis.width / spacing * (1.0 - 1e-12)));
}

/// Cells of a border that begin with `spacing`·grading and grow, so many that they fill it.
int cells_in_border(double spacing, double border) {
    int count = 0;
    double step = spacing, reach = 0.0;
    while (reach < border * (1.0 - 1e-12)) {
        step *= Mesh::grading;
        reach += step;
        ++count;
    }
    return count;
}

double vertices_of(const std::vector<Axis>& axes, double spacing, double border) {
    double count = 1.0;
    for (const Axis& axis : axes)
        count *= cells_within(axis, spacing) + 1.0 + 2.0 * cells_in_border(spacing, border);
    return count;
}

/// The largest spacing with at least `wanted` vertices, to a thousandth.
double spacing_for(const std::vector<Axis>& axes, double longest, double border, double wanted) {
    double coarse = 2.0 * longest, fine = longest;
    while (vertices_of(axes, fine, border) < wanted) fine *= 0.5;
    while (coarse > fine * 1.001) {
        const double middle = std::sqrt(coarse * fine);
        (vertices_of(axes, middle, border) < wanted ? coarse : fine) = middle;
    }
    return fine;
}

std::vector<double> grid_lines(const Axis& axis, double spacing, double border) {
    const auto cells = static_cast<int>(cells_within(axis, spacing));
    // An axis of less extent, or none, gets one full cell around its sites.
    const double width = std::max(axis.width, spacing);
    const double low = axis.low - 0.5 * (width - axis.width);
    const int outside = cells_in_border(spacing, border);
    std::vector<double> offsets;  // from the box's edge outwards, filling the border exactly
    double step = 1.0, reach = 0.0;
    for (int i = 0; i < outside; ++i) offsets.push_back(reach += (step *= Mesh::grading));
    std::vector<double> lines;
    for (auto o = offsets.rbegin(); o != offsets.rend(); ++o)
        lines.push_back(low - border * (*o / reach));
    for (int i = 0; i <= cells; ++i) lines.push_back(low + width * i / cells);
    for (double o : offsets) lines.push_back(low + width + border * (o / reach));
    return lines;
}

std::vector<Axis> bounding_box(const Points& sites) {
    std::vector<Axis> axes;
    for (Index j = 0; j < sites.cols(); ++j) {
        const double low = sites.col(j).minCoeff();
        axes.push_back({low, sites.col(j).maxCoeff() - low});
    }
    return axes;
}

}  // namespace

Mesh::Mesh(const Points& sites, double edge, double border) {
    const auto d = static_cast<int>(sites.cols());
    if (d < 1 || d > 3 || sites.rows() == 0)
        throw Error(ErrorCode::bad_input, "A mesh needs sites in one, two or three dimensions.");
    if (!sites.allFinite() || !std::isfinite(edge) || !std::isfinite(border))
        throw Error(ErrorCode::not_finite, "A mesh cannot be made around coordinates that are no numbers.");
    if (edge < 0.0 || border < 0.0)
        throw Error(ErrorCode::bad_input, "The mesh's edge and border must not be negative.");
    const std::vector<Axis> axes = bounding_box(sites);
    double longest = 0.0;
    for (const Axis& axis : axes) longest = std::max(longest, axis.width);
    if (!(longest > 0.0) || !std::isfinite(longest))
        throw Error(ErrorCode::bad_input, "All sites lie at one place; there is no extent to mesh.");
    const double width = border * longest;
    const double diagonal = std::sqrt(static_cast<double>(d));
    const auto axis = static_cast<std::size_t>(d - 1);
    const double wanted =
        std::clamp(2.0 * static_cast<double>(sites.rows()), fewest_chosen[axis], most_chosen[axis]);
    const double spacing =
        edge > 0.0 ? edge / diagonal : spacing_for(axes, longest, width, wanted);
    const double count = vertices_of(axes, spacing, width);
    if (!(count <= most_vertices[axis]))
        throw Error(ErrorCode::out_of_memory,
                    "A mesh of this edge would have " + std::to_string(std::llround(std::min(count, 1e18))) +
                        " vertices; at most " + std::to_string(std::llround(most_vertices[axis])) +
                        " can be factorised in " + std::to_string(d) + " dimensions.",
                    "Give a longer edge, or 0 to have it chosen.");
    edge_ = spacing * diagonal;
    for (int j = 0; j < d; ++j)
        lines_[static_cast<std::size_t>(j)] =
            grid_lines(axes[static_cast<std::size_t>(j)], spacing, width);
    vertices_.resize(static_cast<Index>(count), d);
    make_vertices();
    make_simplices();
}

void Mesh::make_vertices() {
    const int d = dimension();
    Index stride = 1;
    for (int j = d - 1; j >= 0; --j) {  // the last axis runs fastest
        const auto& lines = lines_[static_cast<std::size_t>(j)];
        stride_[static_cast<std::size_t>(j)] = stride;
        const auto size = static_cast<Index>(lines.size());
        for (Index v = 0; v < vertices_.rows(); ++v)
            vertices_(v, j) = lines[static_cast<std::size_t>(v / stride % size)];
        stride *= size;
    }
}

void Mesh::make_simplices() {
    const int d = dimension();
    // Each permutation of the axes is a path from a cell's lowest corner to its highest.
    std::vector<std::array<Index, 4>> paths;
    std::vector<int> order(static_cast<std::size_t>(d));
    std::iota(order.begin(), order.end(), 0);
    do {
        std::array<Index, 4> path{};
        int inversions = 0;
        for (int k = 0; k < d; ++k) {
            const auto at = static_cast<std::size_t>(k);
            path[at + 1] = path[at] + stride_[static_cast<std::size_t>(order[at])];
            for (int l = 0; l < k; ++l) inversions += order[static_cast<std::size_t>(l)] > order[at];
        }
        if (inversions % 2 == 1)
            std::swap(path[static_cast<std::size_t>(d)], path[static_cast<std::size_t>(d - 1)]);
        paths.push_back(path);
    } while (std::next_permutation(order.begin(), order.end()));

    for (Index v = 0; v < vertices_.rows(); ++v) {
        bool corner = true;
        for (int j = 0; j < d; ++j) {
            const auto at = static_cast<std::size_t>(j);
            const auto size = static_cast<Index>(lines_[at].size());
            corner = corner && v / stride_[at] % size < size - 1;
        }
        if (!corner) continue;
        for (const auto& path : paths)
            for (int k = 0; k <= d; ++k)
                simplices_.push_back(static_cast<std::int32_t>(v + path[static_cast<std::size_t>(k)]));
    }
}

bool Mesh::locate(const double* point, std::int32_t* vertices, double* weights) const {
    const int d = dimension();
    Index vertex = 0;
    std::array<double, 3> within{};  // the cell, each in [0, 1]
    std::array<int, 3> axis{};
    for (int j = 0; j < d; ++j) {
        const auto at = static_cast<std::size_t>(j);
        const auto& lines = lines_[at];
        const double x = point[j], slack = 1e-9 * (lines.back() - lines.front());
        if (!(x >= lines.front() - slack && x <= lines.back() + slack)) return false;
        const auto above = std::upper_bound(lines.begin() + 1, lines.end() - 1, x);
        const Index cell = above - lines.begin() - 1;
        const double low = *(above - 1);
        within[at] = std::clamp((x - low) / (*above - low), 0.0, 1.0);
        vertex += cell * stride_[at];
        int k = j;  // insertion: largest coordinate first
        for (; k > 0 && within[static_cast<std::size_t>(axis[static_cast<std::size_t>(k - 1)])] < within[at]; --k)
            axis[static_cast<std::size_t>(k)] = axis[static_cast<std::size_t>(k - 1)];
        axis[static_cast<std::size_t>(k)] = j;
    }
    double before = 1.0;
    for (int k = 0; k < d; ++k) {
        const auto at = static_cast<std::size_t>(axis[static_cast<std::size_t>(k)]);
        vertices[k] = static_cast<std::int32_t>(vertex);
        weights[k] = before - within[at];
        before = within[at];
        vertex += stride_[at];
    }
    vertices[d] = static_cast<std::int32_t>(vertex);
    weights[d] = before;
    return true;
}

}  // namespace anamorph
