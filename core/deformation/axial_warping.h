// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/layer.h"

namespace anamorph {

/// Axial warping units (Zammit-Mangion, Ng, Vu, Filippone 2022, JASA 117:1787, sec. 2.2): each
/// coordinate by itself through a line and monotone sigmoids of positive weights,
///   g(x) = x + Σ_k w (exp(a θ_k) − 1) σ((x − c_k)/s),   f(x) = A g(x) + B,
/// σ logistic, c_k evenly spaced over [−1.25, 1.25], w so that Σ_k w σ' ≈ 0.95 there: at θ = 0 the
/// sigmoids make up 0.95 of the identity and the line the rest, so that g stays increasing for every
/// θ and exp(a θ_k) is close to its slope at c_k. A and B leave ±1 where they are: scales belong to
/// the linear map that follows. Ridge λ Σ θ².
class AxialWarping final : public Layer {
public:
    /// `sigmoids` of each coordinate, at least 3. @throws Error(bad_input)
    AxialWarping(int dimension, int sigmoids, double ridge);
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;

private:
    void parameters_changed() override;
    void map(Points& x, Vector& log_det) const override;
    void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                   Vector& sum) const override;
    void invert(Points& u) const override;
    /// g and g' of one coordinate.
    [[nodiscard]] double warped(double x, int axis, double& slope) const;

    Vector centres_;           // K
    double steepness_, base_;  // s, w
    Matrix weights_;           // w (exp(a θ) − 1), K×d
    Matrix d_weights_;         // their derivatives, K×d
    Vector scale_, shift_;     // A, B, d
    Matrix d_scale_, d_shift_; // their derivatives with respect to θ of the same axis, K×d
};

}  // namespace anamorph
