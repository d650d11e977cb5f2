// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/deformation.h"

namespace anamorph {

/// f(x, t) = (g(x), t): a deformation g of space that leaves the last axis, time, as it is.
/// Parameters, regulariser and log|det J| are those of g.
class SpaceOnly final : public Deformation {
public:
    explicit SpaceOnly(std::unique_ptr<Deformation> of_space);
    SpaceOnly(const SpaceOnly& other);

    [[nodiscard]] int dimension() const override { return of_space_->dimension() + 1; }
    [[nodiscard]] Index parameter_count() const override { return of_space_->parameter_count(); }
    [[nodiscard]] Vector parameters() const override { return of_space_->parameters(); }
    void set_parameters(const Vector& parameters) override { of_space_->set_parameters(parameters); }
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;
    [[nodiscard]] Points forward(const Points& x) const override;
    [[nodiscard]] Vector log_abs_det(const Points& x) const override;
    [[nodiscard]] Points inverse(const Points& u) const override;
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override;
    double regulariser(Vector& gradient) const override { return of_space_->regulariser(gradient); }
    [[nodiscard]] Vector prior_precision() const override { return of_space_->prior_precision(); }

    [[nodiscard]] const Deformation& of_space() const { return *of_space_; }
    [[nodiscard]] Deformation& of_space() { return *of_space_; }

private:
    std::unique_ptr<Deformation> of_space_;
};

/// The deformation g inside a SpaceOnly, or the deformation itself.
[[nodiscard]] const Deformation& spatial_part(const Deformation& deformation);
[[nodiscard]] Deformation& spatial_part(Deformation& deformation);

}  // namespace anamorph
