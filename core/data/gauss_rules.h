// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/types.h"

namespace anamorph {

/// Nodes and weights of a Gaussian quadrature.
struct GaussRule {
    Vector nodes;
    Vector weights;
};

/// 32 nodes for the standard normal density: E[g(X)] ≈ Σ wₖ g(xₖ), Σ wₖ = 1, exact for polynomials up
/// to degree 63. Golub and Welsch (1969), Math. Comp. 23:221.
[[nodiscard]] const GaussRule& gauss_hermite();

/// 24 nodes on [−1, 1] with weight one: ∫g ≈ Σ wₖ g(xₖ).
[[nodiscard]] const GaussRule& gauss_legendre();

/// Φ(x), also far out in the tails, and the standard normal density.
[[nodiscard]] double normal_cdf(double x);
[[nodiscard]] double normal_density(double x);

}  // namespace anamorph
