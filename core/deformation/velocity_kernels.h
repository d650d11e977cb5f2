// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/base/types.h"
#include "core/deformation/velocity_basis.h"

namespace anamorph {

/// Up to GaussianBasis::block points, axis by axis.
struct PointBlock {
    double axis[3][GaussianBasis::block];
};

/// φ of a velocity field at a block of points, and sums over its centres with coefficients w
/// (count×d). t_kj = (c_kj − x_j)/h_kj², so ∂φ_k/∂x_j = φ_k t_kj.
class VelocityKernels {
public:
    VelocityKernels(const VelocityBasis& basis, const Matrix& coefficients);

    /// Evaluates φ at x; the other functions use it.
    void at(const PointBlock& x, int points);
    /// v_j = Σ_k w_kj φ_k.
    void velocity(PointBlock& v) const;
    /// div v = Σ_k φ_k Σ_j w_kj t_kj.
    void divergence(double* div) const;
    /// ∂v_a/∂x_b, entry a·d + b.
    void jacobian(double (*j)[GaussianBasis::block]) const;
    /// The adjoint of v (cotangent g) and, where `div_cotangent` is not null, of div v: adds to the
    /// cotangent of x and to that of w (count×d).
    void pull_back(const PointBlock& g, const double* div_cotangent, PointBlock& x_cotangent,
                   Matrix& w_cotangent) const;

private:
    const VelocityBasis& basis_;
    const Matrix& w_;
    std::vector<double> phi_;
    PointBlock x_{};
    int points_ = 0;
};

}  // namespace anamorph
