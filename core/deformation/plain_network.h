// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/deformation/layer.h"

namespace anamorph {

/// x + g(x), g a plain network of two layers with H hidden units:
///   f(x) = x + (2/√H) W₂ tanh(W₁ x + b).
/// Nothing keeps it bijective: it may fold space, which has to be checked and said. Offered because it
/// is what a deformation by a neural network often means. Weight decay: ridge λ on W₂; W₁ and b keep
/// to N(0, s²) with the s of their random start. The identity at the start, where W₂ = 0.
/// θ = (W₁, H×d, column by column; b, H; W₂, d×H, column by column).
class PlainNetwork final : public Layer {
public:
    /// @throws Error(bad_input)
    PlainNetwork(int dimension, int hidden_width, double ridge, std::uint64_t seed);
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;

    /// Least determinant of the Jacobian on a fine grid over [−1.25, 1.25]^d: negative where the map
    /// folds.
    [[nodiscard]] double least_determinant() const;

    /// W₁ and b, the first parameters: those of the hidden layer.
    [[nodiscard]] Index hidden_parameter_count() const { return first_.size() + bias_.size(); }

private:
    void parameters_changed() override;
    void map(Points& x, Vector& log_det) const override;
    void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                   Vector& sum) const override;
    void invert(Points& u) const override;
    void require_inverse() const override;

    /// tanh(W₁ x + b), m×H.
    [[nodiscard]] Matrix hidden(const Points& x) const;
    /// I + (2/√H) W₂ diag(1 − h²) W₁ for one row h of the hidden values.
    [[nodiscard]] Matrix jacobian(const Vector& h) const;
    /// Newton's method for one point from a start; false where it does not converge.
    [[nodiscard]] bool solve(const Eigen::RowVectorXd& u, Eigen::RowVectorXd& x) const;

    int width_;
    double scale_;   // 2/√H
    Matrix first_;   // W₁, H×d
    Vector bias_;    // b, H
    Matrix second_;  // W₂, d×H
};

}  // namespace anamorph
