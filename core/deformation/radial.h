// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/deformation.h"

namespace anamorph {

/// The radial example of Romary, Desassis, Raymondjean (2025): f(x) = o + (x − o)·|x − o|², for
/// fields whose correlation is long near a centre o and short far from it. det J = 3|x − o|⁴ in two
/// dimensions: singular at o. Parameters: o (d), with prior N(0, ½²) in standardised coordinates.
class RadialDeformation final : public Deformation {
public:
    explicit RadialDeformation(int dimension);

    [[nodiscard]] int dimension() const override { return static_cast<int>(centre_.size()); }
    [[nodiscard]] Index parameter_count() const override { return centre_.size(); }
    [[nodiscard]] Vector parameters() const override { return centre_; }
    void set_parameters(const Vector& parameters) override;
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override;
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override;
    [[nodiscard]] Vector prior_precision() const override;

private:
    Vector centre_;
};

}  // namespace anamorph
