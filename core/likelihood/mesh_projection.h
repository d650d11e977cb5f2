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
    /// aᵢᵀ M aᵢ of each row of A for a symmetric M given by `entry(v, w)`, which is asked for pairs of
    /// vertices of one simplex only; 0 outside the mesh.
    template <class Entry>
    [[nodiscard]] double quadratic_form(Index i, const Entry& entry) const {
        const auto& v = vertex[static_cast<std::size_t>(i)];
        const auto& w = weight[static_cast<std::size_t>(i)];
        double sum = 0.0;
        for (std::size_t a = 0; inside[static_cast<std::size_t>(i)] && a < static_cast<std::size_t>(corners); ++a)
            for (std::size_t b = 0; b <= a; ++b)
                sum += (a == b ? 1.0 : 2.0) * w[a] * w[b] * entry(v[a], v[b]);
        return sum;
    }
    /// Aᵀ diag(weights) x, vertices×columns.
    [[nodiscard]] Matrix multiply_transposed(const Matrix& x, const Vector& weights,
                                             Index vertices) const;
};

}  // namespace anamorph
