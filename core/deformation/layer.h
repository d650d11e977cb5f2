// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/deformation/layer_tape.h"

namespace anamorph {

/// What warps with a closed adjoint have in common: a map of each point by itself, parameters θ with
/// independent priors N(0, 1/precision) (the ridge ½ Σ precision θ²), and work on blocks of points,
/// in parallel and with the same result for any number of threads.
///
/// A layer implements the map, its adjoint and its inverse for a block of m points. All three are
/// called from several threads at once and must not throw.
class Layer : public Deformation {
public:
    [[nodiscard]] int dimension() const final { return dimension_; }
    [[nodiscard]] Index parameter_count() const final { return parameters_.size(); }
    [[nodiscard]] Vector parameters() const final { return parameters_; }
    void set_parameters(const Vector& parameters) final;
    [[nodiscard]] Points forward(const Points& x) const final;
    [[nodiscard]] Vector log_abs_det(const Points& x) const final;
    [[nodiscard]] Points inverse(const Points& u) const final;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const final;
    double regulariser(Vector& gradient) const final;
    [[nodiscard]] Vector prior_precision() const final { return precision_; }

protected:
    /// At θ = 0. `name` is for messages: "axial warping". @throws Error(bad_input)
    Layer(std::string name, int dimension, Vector precision);
    Layer(const Layer&) = default;

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Starting values other than zero, of a derived class's constructor.
    void start_at(const Vector& parameters) { parameters_ = parameters; }

    /// Derived quantities follow θ = parameters().
    virtual void parameters_changed() = 0;
    /// x (m×d) becomes f(x); log|det J| is added to `log_det` (m).
    virtual void map(Points& x, Vector& log_det) const = 0;
    /// At points x: `cotangent` (m×d) of f(x) becomes that of x; the parameters' is added to `sum`.
    /// `d_log_det` is of length m, or empty for none.
    virtual void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                           Vector& sum) const = 0;
    /// u (m×d) becomes f⁻¹(u); NaN where it is not found.
    virtual void invert(Points& u) const = 0;
    /// Called once before an inversion. @throws Error(unsupported) where there is no inverse.
    virtual void require_inverse() const {}

private:
    friend class BlockTape;

    std::string name_;
    int dimension_;
    Vector parameters_, precision_;
};

}  // namespace anamorph
