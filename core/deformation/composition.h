// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/deformation.h"
#include "core/deformation/linear.h"

namespace anamorph {

/// f = L ∘ g: a linear deformation after another one. Parameters: those of L, then those of g.
class LinearAfter final : public Deformation {
public:
    LinearAfter(LinearDeformation outer, std::unique_ptr<Deformation> inner);
    LinearAfter(const LinearAfter& other);

    [[nodiscard]] int dimension() const override { return outer_.dimension(); }
    [[nodiscard]] Index parameter_count() const override;
    [[nodiscard]] Vector parameters() const override;
    void set_parameters(const Vector& parameters) override;
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override;
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override;
    [[nodiscard]] Vector prior_precision() const override;

    [[nodiscard]] const LinearDeformation& outer() const { return outer_; }
    [[nodiscard]] const Deformation& inner() const { return *inner_; }
    [[nodiscard]] Deformation& inner() { return *inner_; }

private:
    LinearDeformation outer_;
    std::unique_ptr<Deformation> inner_;
};

}  // namespace anamorph
