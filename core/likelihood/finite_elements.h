// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Coefficients of the operator κ²(x) − ∇·H(x)∇, constant on each element.
struct ElementCoefficients {
    Vector kappa_squared;  ///< κ², one an element
    Matrix diffusion;      ///< H, symmetric: d(d + 1)/2 × elements, order 00, 10, 11, 20, 21, 22
};

/// Matrices of one evaluation, on the mesh's graph.
struct ElementMatrices {
    Vector mass;       ///< C̃, lumped: Σ |e|/(d + 1) over a vertex's elements, k
    Vector reaction;   ///< the same with κ²; empty where κ = 1
    Vector stiffness;  ///< G_ij = Σ |e| ∇φᵢᵀ H ∇φⱼ on the pattern of FiniteElements
};

/// Linear finite elements on a mesh whose vertices may move: mass and stiffness matrices and their
/// derivatives with respect to the vertices and to the coefficients, d = 1, 2, 3.
///
/// With the element's volume |e| and the constant gradients gᵢ = ∇φᵢ, moving vertex i by δ changes
/// |e| by |e| gᵢᵀδ and gⱼ by −(gⱼᵀδ) gᵢ.
class FiniteElements {
public:
    /// `simplices`: d + 1 vertices each, all oriented alike.
    FiniteElements(int dimension, Index vertex_count, std::vector<std::int32_t> simplices);

    [[nodiscard]] int dimension() const { return dimension_; }
    [[nodiscard]] Index vertex_count() const { return static_cast<Index>(start_.size()) - 1; }
    [[nodiscard]] Index simplex_count() const {
        return static_cast<Index>(simplices_.size()) / (dimension_ + 1);
    }
    /// The graph: neighbours of vertex i, itself included, ascending, are
    /// neighbour()[start()[i]] … neighbour()[start()[i + 1] − 1].
    [[nodiscard]] const std::vector<std::int64_t>& start() const { return start_; }
    [[nodiscard]] const std::vector<std::int32_t>& neighbour() const { return neighbour_; }
    /// Place of the diagonal entry of each row.
    [[nodiscard]] const std::vector<std::int64_t>& diagonal() const { return diagonal_; }

    /// False where an element is degenerate, or oriented unlike the others: the mesh has folded.
    /// `coefficients` null: κ = 1, H = I.
    [[nodiscard]] bool assemble(const Points& vertices, const ElementCoefficients* coefficients,
                                ElementMatrices& out) const;

    /// Gradient of a function of the matrices, given its derivatives with respect to their entries
    /// (`d_matrices`, that of the stiffness symmetric: each of its entries counted by itself), with
    /// respect to the vertices (k×d) and, unless null, the coefficients.
    void pull_back(const Points& vertices, const ElementCoefficients* coefficients,
                   const ElementMatrices& d_matrices, Points& d_vertices,
                   ElementCoefficients* d_coefficients) const;

    /// Centroids of the elements: elements×d.
    [[nodiscard]] Points centroids(const Points& vertices) const;

private:
    template <int D>
    bool assemble_in(const Points& vertices, const ElementCoefficients* coefficients,
                     ElementMatrices& out) const;
    template <int D>
    void pull_back_in(const Points& vertices, const ElementCoefficients* coefficients,
                      const ElementMatrices& d_matrices, Points& d_vertices,
                      ElementCoefficients* d_coefficients) const;

    int dimension_;
    std::vector<std::int32_t> simplices_;
    std::vector<std::int64_t> start_;
    std::vector<std::int32_t> neighbour_;
    std::vector<std::int64_t> diagonal_;
    std::vector<std::int32_t> place_;  // of each element's (d + 1)² entries in the pattern
};

}  // namespace anamorph
