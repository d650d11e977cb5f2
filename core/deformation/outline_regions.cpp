// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/outline_regions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr double blending = 0.2;  // h

double area_of(const Points& p) {
    double twice = 0.0;
    for (Index i = 0, j = p.rows() - 1; i < p.rows(); j = i++)
        twice += (p(j, 0) - p(0, 0)) * (p(i, 1) - p(0, 1)) - (p(i, 0) - p(0, 0)) * (p(j, 1) - p(0, 1));
    return 0.5 * std::abs(twice);
}

/// From corner to corner. Cuts to holes are left out: they are walked both ways.
std::vector<std::pair<Index, Index>> border_edges(const Points& p) {
    using Edge = std::array<double, 4>;
    const auto edge = [&](Index from, Index to) { return Edge{p(from, 0), p(from, 1), p(to, 0), p(to, 1)}; };
    std::set<Edge> walked;
    for (Index i = 0, j = p.rows() - 1; i < p.rows(); j = i++) walked.insert(edge(j, i));
    std::vector<std::pair<Index, Index>> edges;
    for (Index i = 0, j = p.rows() - 1; i < p.rows(); j = i++)
        if (!walked.contains(edge(i, j))) edges.emplace_back(j, i);
    return edges;
}

}  // namespace

Points with_hole(const Points& outline, const Points& hole) {
    Index from = 0, to = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < outline.rows(); ++i) {
        Index at = 0;
        const double distance = (hole.rowwise() - outline.row(i)).rowwise().squaredNorm().minCoeff(&at);
        if (!(distance < nearest)) continue;
        nearest = distance;
        from = i;
        to = at;
    }
    const Index n = outline.rows(), h = hole.rows();
    Points ring(n + h + 2, 2);
    ring.topRows(from + 1) = outline.topRows(from + 1);
    for (Index k = 0; k <= h; ++k) ring.row(from + 1 + k) = hole.row((to + k) % h);
    ring.bottomRows(n - from) = outline.bottomRows(n - from);  // begins where the cut began
    return ring;
}

std::vector<Points> border_rings(const Points& ring) {
    auto edges = border_edges(ring);
    std::vector<Points> rings;
    while (!edges.empty()) {
        std::vector<Index> corners{edges.front().first};
        Index end = edges.front().second;
        edges.erase(edges.begin());
        // Each further edge begins where the last one ended, until the ring is closed.
        while (ring.row(end) != ring.row(corners.front())) {
            const auto next = std::find_if(edges.begin(), edges.end(), [&](const auto& edge) {
                return ring.row(edge.first) == ring.row(end);
            });
            if (next == edges.end()) break;
            corners.push_back(next->first);
            end = next->second;
            edges.erase(next);
        }
        rings.emplace_back(ring(corners, Eigen::all));
    }
    return rings;
}

std::vector<bool> inside(const Points& outline, const Points& points) {
    std::vector<bool> result(static_cast<std::size_t>(points.rows()), false);
    for (Index q = 0; q < points.rows(); ++q) {
        const double x = points(q, 0), y = points(q, 1);
        bool odd = false;
        for (Index i = 0, j = outline.rows() - 1; i < outline.rows(); j = i++) {
            if ((outline(i, 1) > y) == (outline(j, 1) > y)) continue;
            // From the lower corner to the higher: an edge that is walked both ways counts twice exactly.
            const Index low = outline(i, 1) < outline(j, 1) ? i : j, high = low == i ? j : i;
            const double share = (y - outline(low, 1)) / (outline(high, 1) - outline(low, 1));
            if (x < outline(low, 0) + share * (outline(high, 0) - outline(low, 0))) odd = !odd;
        }
        result[static_cast<std::size_t>(q)] = odd;
    }
    return result;
}

Vector distance_to_border(const Points& outline, const Points& points) {
    Vector nearest = Vector::Constant(points.rows(), std::numeric_limits<double>::infinity());
    const auto edges = border_edges(outline);
    for (Index q = 0; q < points.rows(); ++q) {
        const Eigen::RowVector2d p = points.row(q).head<2>();
        for (const auto& [j, i] : edges) {
            const Eigen::RowVector2d from = outline.row(j).head<2>();
            const Eigen::RowVector2d along = outline.row(i).head<2>() - from;
            const double length = along.squaredNorm();
            const double t = length > 0.0 ? std::clamp((p - from).dot(along) / length, 0.0, 1.0) : 0.0;
            nearest(q) = std::min(nearest(q), (p - from - t * along).norm());
        }
    }
    return nearest;
}

OutlineRegions::OutlineRegions(std::vector<Points> outlines, bool rest, bool sharp)
    : outlines_(std::move(outlines)), rest_(rest), sharp_(sharp) {
    if (outlines_.empty()) throw Error(ErrorCode::bad_input, "Drawn regions need at least one outline.");
    for (std::size_t k = 0; k < outlines_.size(); ++k)
        if (outlines_[k].rows() < 3 || outlines_[k].cols() != 2 || !outlines_[k].allFinite() ||
            !(area_of(outlines_[k]) > 0.0))
            throw Error(ErrorCode::bad_input, "The outline of region " + std::to_string(k + 1) +
                                                  " has no area.",
                        "Draw it with three corners or more that are not on one line.");
}

Matrix OutlineRegions::distances(const Points& x) const {
    const auto drawn = static_cast<Index>(outlines_.size());
    Matrix distance(x.rows(), count());
    Vector out = Vector::Zero(x.rows());  // how deep a point lies within the outlines
    std::vector<bool> taken(static_cast<std::size_t>(x.rows()), false);
    for (Index k = 0; k < drawn; ++k) {
        const Points& outline = outlines_[static_cast<std::size_t>(k)];
        const std::vector<bool> within = inside(outline, x);
        distance.col(k) = distance_to_border(outline, x);
        for (Index i = 0; i < x.rows(); ++i) {
            if (!within[static_cast<std::size_t>(i)]) continue;
            out(i) = std::max(out(i), distance(i, k));
            // Where outlines overlap the point is the first one's.
            if (!taken[static_cast<std::size_t>(i)]) distance(i, k) = 0.0;
            taken[static_cast<std::size_t>(i)] = true;
        }
    }
    if (rest_) distance.col(drawn) = out;
    return distance;
}

Matrix OutlineRegions::values(const Points& x) const {
    const Matrix distance = distances(x);
    Matrix w = Matrix::Zero(x.rows(), count());
    for (Index i = 0; i < x.rows(); ++i) {
        Index nearest = 0;
        const double least = distance.row(i).minCoeff(&nearest);
        if (sharp_) {
            w(i, nearest) = 1.0;
            continue;
        }
        w.row(i) = (-0.5 * (distance.row(i).array().square() - least * least) / (blending * blending)).exp();
        w.row(i) /= w.row(i).sum();
    }
    return w;
}

}  // namespace anamorph
