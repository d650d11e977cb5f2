// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/space_only.h"

#include "core/base/error.h"

namespace anamorph {

namespace {

/// The first d columns are moved, the last one is kept.
Points beside(const Points& space, const Points& with_time) {
    Points all(space.rows(), space.cols() + 1);
    all << space, with_time.rightCols(1);
    return all;
}

class SpaceOnlyTape final : public DeformationTape {
public:
    SpaceOnlyTape(std::unique_ptr<DeformationTape> of_space, const Points& x)
        : of_space_(std::move(of_space)), deformed_(beside(of_space_->deformed(), x)) {}
    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return of_space_->log_abs_det(); }
    [[nodiscard]] Vector pull_back(const Points& g, const Vector& gamma) const override {
        return of_space_->pull_back(g.leftCols(g.cols() - 1), gamma);
    }

private:
    std::unique_ptr<DeformationTape> of_space_;
    Points deformed_;
};

}  // namespace

SpaceOnly::SpaceOnly(std::unique_ptr<Deformation> of_space) : of_space_(std::move(of_space)) {
    if (of_space_->dimension() < 1 || of_space_->dimension() > 2)
        throw Error(ErrorCode::dimension_mismatch,
                    "Space with time has one or two coordinates of space.");
}

SpaceOnly::SpaceOnly(const SpaceOnly& other)
    : Deformation(other), of_space_(other.of_space_->clone()) {}

std::unique_ptr<Deformation> SpaceOnly::clone() const { return std::make_unique<SpaceOnly>(*this); }

Points SpaceOnly::forward(const Points& x) const {
    return beside(of_space_->forward(x.leftCols(x.cols() - 1)), x);
}

Vector SpaceOnly::log_abs_det(const Points& x) const {
    return of_space_->log_abs_det(x.leftCols(x.cols() - 1));
}

Points SpaceOnly::inverse(const Points& u) const {
    return beside(of_space_->inverse(u.leftCols(u.cols() - 1)), u);
}

std::unique_ptr<DeformationTape> SpaceOnly::record(const Points& x) const {
    return std::make_unique<SpaceOnlyTape>(of_space_->record(x.leftCols(x.cols() - 1)), x);
}

const Deformation& spatial_part(const Deformation& deformation) {
    const auto* space = dynamic_cast<const SpaceOnly*>(&deformation);
    return space ? space->of_space() : deformation;
}

Deformation& spatial_part(Deformation& deformation) {
    auto* space = dynamic_cast<SpaceOnly*>(&deformation);
    return space ? space->of_space() : deformation;
}

}  // namespace anamorph
