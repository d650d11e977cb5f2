// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/types.h"
#include "core/likelihood/mesh.h"

namespace anamorph {

/// The matrix A that interpolates values at a mesh's vertices to points, barycentric: row i has the
/// entries weight[i] at the columns vertex[i].
struct MeshProjection {
    std::vector<std::array<std::int32_t, 4>> vertex;
    std::vector<std::array<double, 4>> weight;
    std::vector<char> inside;  ///< 0: the point lies outside the mesh, its row of A is zero
    int corners = 0;           ///< d + 1

    /// Points: n×d, coordinates of the mesh.
    MeshProjection(const Mesh& mesh, const Points& points);

    [[nodiscard]] Index size() const { return static_cast<Index>(vertex.size()); }
    /// A w, n×columns, for w of one row a vertex.
    [[nodiscard]] Matrix multiply(const Matrix& w) const;
    /// Aᵀ diag(weights) x, vertices×columns.
    [[nodiscard]] Matrix multiply_transposed(const Matrix& x, const Vector& weights,
                                             Index vertices) const;
};

}  // namespace anamorph
