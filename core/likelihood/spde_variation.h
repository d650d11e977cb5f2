// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"
#include "core/deformation/gaussian_basis.h"
#include "core/likelihood/finite_elements.h"

namespace anamorph {

/// An SPDE whose coefficients vary in space, (κ²(x) − ∇·H(x)∇)^{α/2} τ(x)Y = white noise:
///   log κ(x) = Σ w_k φ_k(x),   H(x) = exp S(x),   S symmetric with trace zero, its entries sums of
/// the same Gaussian functions φ_k; τ(x) such that the variance is one where the coefficients vary
/// slowly: log τ = const − ν log κ (det H = 1; a common factor of κ² and H would change nothing
/// else). All weights zero: the stationary operator. The ridge is the prior of the log-scale's
/// coefficients, 2|w|². Lindgren, Rue and Lindström (2011), sec. 3.2; Fuglstad, Simpson, Lindgren and
/// Rue (2015), Statistica Sinica 25:115.
///
/// Positions are geographic (the mesh's own coordinates); derivatives ∇ and lengths are those of the
/// space to which the deformation moves the mesh.
class SpdeVariation {
public:
    static constexpr double ridge = 2.0;

    /// `size`: Gaussian functions along each axis (half as many, at least two, along the third).
    /// `centroids` of the elements and `vertices`, each with d columns. @throws Error(unsupported |
    /// bad_input)
    SpdeVariation(int size, int alpha, const Points& centroids, const Points& vertices);

    /// Weights: one block of functions for each field, log κ first, then the free entries of S:
    /// 1, 3 or 6 fields in one, two, three dimensions.
    [[nodiscard]] Index parameter_count() const { return fields_ * basis_.count(); }
    [[nodiscard]] static Index parameter_count(int size, int dimension);

    /// κ² and H of each element, log τ of each vertex.
    void evaluate(const Vector& weights, ElementCoefficients& coefficients, Vector& log_tau) const;
    /// Gradient with respect to the weights, given those with respect to the results.
    [[nodiscard]] Vector pull_back(const Vector& weights, const ElementCoefficients& d_coefficients,
                                   const Vector& d_log_tau) const;

    /// The fields at points (n×d): log κ, then H's entries 00, 10, 11, … : n×(1 + d(d+1)/2).
    [[nodiscard]] static Matrix fields_at(int size, const Vector& weights, const Points& points);

private:
    int dimension_;
    Index fields_;
    double smoothness_, log_unit_tau_;
    GaussianBasis basis_;
    Matrix at_centroids_, at_vertices_;  // φ
};

}  // namespace anamorph
