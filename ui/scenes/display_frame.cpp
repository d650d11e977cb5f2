// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/display_frame.h"

namespace anamorph {

DisplayFrame::DisplayFrame(const SpacesSnapshot& snapshot) {
    const Vector& lower = snapshot.lower_in_geographic;
    const Vector& upper = snapshot.upper_in_geographic;
    const Vector sides = (upper - lower).cwiseMax(1e-300);
    centre_ = 0.5 * (lower + upper);
    scale_ = Vector::Constant(sides.size(), 2.0 / sides.maxCoeff());
    const double limit = sides.size() == 3 ? 5.0 : 30.0;
    if (sides.size() > 1 && sides.maxCoeff() > limit * sides.minCoeff()) {
        isotropic_ = sides.size() == 3 && sides.head(2).maxCoeff() <= limit * sides.head(2).minCoeff();
        if (isotropic_) scale_.head(2).setConstant(2.0 / sides.head(2).maxCoeff());
        for (Index a = isotropic_ ? 2 : 0; a < sides.size(); ++a) scale_(a) = 1.4 / sides(a);
    }
}

Eigen::Vector3d DisplayFrame::to_display(const Points& points, Index row) const {
    Eigen::Vector3d display = Eigen::Vector3d::Zero();
    for (Index a = 0; a < centre_.size(); ++a)
        display(a) = (points(row, a) - centre_(a)) * scale_(a);
    return display;
}

Points DisplayFrame::from_display(const Eigen::Vector3d& display) const {
    Points x(1, centre_.size());
    for (Index a = 0; a < centre_.size(); ++a) x(0, a) = display(a) / scale_(a) + centre_(a);
    return x;
}

Points between(const PointsInBoth& points, double weight) {
    if (weight <= 0.0) return points.in_geographic;
    if (weight >= 1.0) return points.in_deformed;
    return (1.0 - weight) * points.in_geographic + weight * points.in_deformed;
}

}  // namespace anamorph
