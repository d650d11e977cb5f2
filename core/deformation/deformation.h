// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// A deformation evaluated at fixed points, ready to be differentiated.
class DeformationTape {
public:
    virtual ~DeformationTape() = default;
    [[nodiscard]] virtual const Points& deformed() const = 0;         ///< f(x), n×d
    [[nodiscard]] virtual const Vector& log_abs_det() const = 0;      ///< log|det J_f(x)|, n
    /// The adjoint: gradient with respect to the parameters (p) of a scalar whose gradient is
    /// `d_deformed` (n×d) with respect to f(x) and `d_log_det` (n, or empty for none) with respect
    /// to log|det J|.
    [[nodiscard]] virtual Vector pull_back(const Points& d_deformed,
                                           const Vector& d_log_det) const = 0;
};

/// A smooth map f of space with parameters θ (p of them), here in standardised coordinates
/// (sites in [−1, 1]^d). All functions are const and safe to call from several threads at once.
class Deformation {
public:
    virtual ~Deformation() = default;

    [[nodiscard]] virtual int dimension() const = 0;
    [[nodiscard]] virtual Index parameter_count() const = 0;
    [[nodiscard]] virtual Vector parameters() const = 0;
    virtual void set_parameters(const Vector& parameters) = 0;  ///< @throws Error(dimension_mismatch)
    [[nodiscard]] virtual std::unique_ptr<Deformation> clone() const = 0;

    /// f(x), n×d.
    [[nodiscard]] virtual Points forward(const Points& x) const = 0;
    /// log|det J_f(x)|, n.
    [[nodiscard]] virtual Vector log_abs_det(const Points& x) const = 0;
    /// f⁻¹(u), n×d, to 1e-10. @throws Error(not_finite) where it does not converge,
    /// Error(unsupported) for maps without an inverse.
    [[nodiscard]] virtual Points inverse(const Points& u) const = 0;
    [[nodiscard]] virtual std::unique_ptr<DeformationTape> record(const Points& x) const = 0;

    /// Regulariser and, added to `gradient` (p), its derivative.
    virtual double regulariser(Vector& gradient) const = 0;
    /// Precision of the Gaussian prior of each parameter, p; 0 where there is none.
    [[nodiscard]] virtual Vector prior_precision() const = 0;
};

/// Jacobians of f by central differences: n matrices d×d, J(i)(a, b) = ∂f_a/∂x_b.
[[nodiscard]] std::vector<Matrix> jacobians(const Deformation& f, const Points& x,
                                            double step = 1e-4);

}  // namespace anamorph
