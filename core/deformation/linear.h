// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/deformation/axes.h"
#include "core/deformation/deformation.h"

namespace anamorph {

/// f(x) = L x with L = exp(S), S symmetric, so that rotations of f, which the likelihood cannot
/// see, are left out.
///   isotropic: S = s·I (d = 1, 2);  S = diag(s, s, s_v) in d = 3, the vertical scaled on its own.
///   full, d = 2: + [[p, q], [q, −p]];  d = 3: + [[p, q, r], [q, −p, t], [r, t, 0]].
/// Where the last axis is time, it always has a scale of its own: S = diag(s, s_t) in d = 2, and the
/// full matrix adds only q there. `mixed = false` leaves the terms that mix space and time out.
/// Axes that are alike (geocentric): S = s·I, the full matrix adds diag(½, ½, −1)·w to d = 3's.
/// Priors of the recipe: 0.02 (s − 1)² on each log-scale, 2(p² + q² + …) on the anisotropy.
class LinearDeformation final : public Deformation {
public:
    LinearDeformation(const Axes& axes, bool full, bool mixed = true);
    /// A scale for each axis and nothing that turns them: S diagonal, + diag(p, −p) in d = 2, 3.
    [[nodiscard]] static LinearDeformation along_axes(const Axes& axes);

    [[nodiscard]] int dimension() const override { return dimension_; }
    [[nodiscard]] bool is_full() const { return full_; }
    [[nodiscard]] Index parameter_count() const override { return parameters_.size(); }
    /// How many of the parameters, the first ones, are log-scales.
    [[nodiscard]] Index scale_count() const { return scale_count_; }
    [[nodiscard]] Vector parameters() const override { return parameters_; }
    void set_parameters(const Vector& parameters) override;
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override { return x * matrix_.transpose(); }
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override;
    [[nodiscard]] Vector prior_precision() const override;

    [[nodiscard]] const Matrix& matrix() const { return matrix_; }  ///< L, d×d
    [[nodiscard]] double log_det() const { return symmetric_.trace(); }
    /// Gradient with respect to the parameters, given that with respect to L (d×d) and log|det L|.
    [[nodiscard]] Vector pull_back_matrix(const Matrix& d_matrix, double d_log_det) const;

private:
    int dimension_;
    bool full_;
    Index scale_count_;
    std::vector<Matrix> generators_;  // ∂S/∂parameter
    Vector parameters_;
    Matrix symmetric_, matrix_;
};

}  // namespace anamorph
