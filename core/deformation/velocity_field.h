// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/deformation/deformation.h"
#include "core/deformation/velocity_basis.h"

namespace anamorph {

/// The time-1 flow of a smooth stationary velocity field, dx/dt = v(x) = Σ_k w_k φ_k(x), a
/// diffeomorphism with w = 0 the identity; ridge λ_g Σ|w_k|² over each group g of functions: the
/// coarse grid, finer grids (levels), single units.
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

    [[nodiscard]] const VelocityBasis& basis() const { return *basis_; }
    /// A second, finer grid of functions with its own ridge; its coefficients are zero.
    /// @throws Error(bad_input | dimension_mismatch)
    void add_level(std::vector<int> sizes, double ridge);
    /// Single functions; all units are one group, with the ridge of the last call.
    void add_units(const GaussianUnits& units, double ridge);

    /// A group of functions that share a ridge.
    struct Group {
        Index first = 0, count = 0;
        double ridge = 0.0;  ///< λ
    };
    [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
    void set_ridge(std::size_t group, double ridge) { groups_.at(group).ridge = ridge; }
    [[nodiscard]] double squared_norm(std::size_t group) const;  ///< Σ|w_k|² over a group
    [[nodiscard]] int steps() const { return steps_; }

    /// v at points, n×d.
    [[nodiscard]] Points velocity(const Points& x) const;
    /// Coefficients in this basis of the field nearest, in least squares over a fine grid, to
    /// `shrink` times another field; the ridges say which functions carry it.
    /// @throws Error(dimension_mismatch)
    void project_from(const VelocityField& other, double shrink);
    /// Another field's coefficients where this one has all its functions, its other coefficients
    /// zero; else its projection, shrunk to nine tenths.
    void start_from(const VelocityField& other);

private:
    friend class VelocityTape;
    void choose_steps();
    void add_group(Index count, double ridge);
    [[nodiscard]] Vector ridges() const;  // of each function

    std::shared_ptr<const VelocityBasis> basis_;
    std::vector<Group> groups_;
    Matrix coefficients_;  // count×d
    int steps_ = 4;
};

}  // namespace anamorph
