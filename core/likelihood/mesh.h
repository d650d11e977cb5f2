// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// A mesh of simplices (intervals, triangles, tetrahedra) over the bounding box of some sites and a
/// border around it, d = 1, 2, 3.
///
/// The vertices are those of a rectangular grid whose lines are equally spaced within the box and,
/// outwards from it, each `grading` times as far from the next as the line before; every cell is
/// cut into the d! simplices of Kuhn (1960), IBM J. Res. Dev. 4:518, all cells alike, so that the
/// mesh conforms and a point's simplex follows from the order of its coordinates within the cell.
/// Unit: that of the sites.
class Mesh {
public:
    static constexpr double grading = 1.4;

    /// `edge`: longest edge within the bounding box; 0: such that there are about 2 n vertices, at
    /// least 1,000, 4,000 or 5,000 in one, two or three dimensions and at most 60,000 (15,000 in
    /// three, where factors fill in more).
    /// `border`: its width as a share of the box's longest side, on every side.
    /// @throws Error(bad_input) where all sites coincide, Error(not_finite),
    /// Error(out_of_memory) where the edge asks for more vertices than can be factorised.
    Mesh(const Points& sites, double edge, double border);

    [[nodiscard]] int dimension() const { return static_cast<int>(vertices_.cols()); }
    [[nodiscard]] Index vertex_count() const { return vertices_.rows(); }
    [[nodiscard]] const Points& vertices() const { return vertices_; }  ///< k×d
    /// Vertices of each simplex, d + 1 after one another, positively oriented.
    [[nodiscard]] const std::vector<std::int32_t>& simplices() const { return simplices_; }
    [[nodiscard]] Index simplex_count() const {
        return static_cast<Index>(simplices_.size()) / (dimension() + 1);
    }
    [[nodiscard]] double edge() const { return edge_; }  ///< longest edge within the box

    /// The d + 1 vertices of the simplex that holds the point (d coordinates) and the point's
    /// barycentric coordinates, which are never negative; false for a point outside the mesh by
    /// more than rounding.
    bool locate(const double* point, std::int32_t* vertices, double* weights) const;

private:
    void make_vertices();
    void make_simplices();

    std::array<std::vector<double>, 3> lines_;  // grid lines of each axis, ascending
    std::array<Index, 3> stride_{};             // between neighbouring vertices along each axis
    double edge_ = 0.0;
    Points vertices_;
    std::vector<std::int32_t> simplices_;
};

}  // namespace anamorph
