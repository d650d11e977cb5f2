// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/deformation/deformation.h"
#include "core/deformation/gaussian_basis.h"

namespace anamorph {

/// The time-1 flow of a smooth stationary velocity field, dx/dt = v(x) = Σ_k w_k φ_k(x), a
/// diffeomorphism with w = 0 the identity; ridge λ Σ|w_k|².
///
/// Integrated by midpoint steps, x ← x + dt v(x + ½ dt v(x)). Four steps, doubled until
/// dt·max|∇v| < ½ (Frobenius norm on a fine grid), so that each step is injective: the computed map
/// is invertible, not only the flow that it stands for. `log_abs_det` is exact for the computed map
/// (product of the steps' Jacobians); the tape's is ∫ div v dt by the midpoint rule, whose gradient
/// is closed (Chen et al. 2018, NeurIPS, eq. 8: instantaneous change of variables).
class VelocityField final : public Deformation {
public:
    /// `sizes`: Gaussian centres along each axis; `ridge` λ ≥ 0.
    VelocityField(std::vector<int> sizes, double ridge);

    [[nodiscard]] int dimension() const override { return basis_->dimension(); }
    [[nodiscard]] Index parameter_count() const override { return coefficients_.size(); }
    /// w, axis by axis: coefficient of centre k along axis j at j·count + k.
    [[nodiscard]] Vector parameters() const override;
    void set_parameters(const Vector& parameters) override;
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override;
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override;
    [[nodiscard]] Vector prior_precision() const override;

    [[nodiscard]] const GaussianBasis& basis() const { return *basis_; }
    [[nodiscard]] double ridge() const { return ridge_; }
    void set_ridge(double ridge) { ridge_ = ridge; }
    [[nodiscard]] int steps() const { return steps_; }
    [[nodiscard]] double squared_norm() const { return coefficients_.squaredNorm(); }  ///< Σ|w_k|²

    /// v at points, n×d.
    [[nodiscard]] Points velocity(const Points& x) const;
    /// Coefficients in this basis of the field nearest, in least squares over a fine grid, to
    /// `shrink` times another field. @throws Error(dimension_mismatch)
    void project_from(const VelocityField& other, double shrink);

private:
    friend class VelocityTape;
    void choose_steps();

    std::shared_ptr<const GaussianBasis> basis_;
    double ridge_;
    Matrix coefficients_;  // count×d
    int steps_ = 4;
};

}  // namespace anamorph
