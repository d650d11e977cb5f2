// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/value_transform.h"

namespace anamorph {

/// Gaussian anamorphosis: z = ψ(y) sends the standard normal distribution to that of the values
/// (Chilès and Delfiner 2012, Geostatistics, 2nd ed., sec. 6.2). ψ is the monotone cubic through knots
/// (y, z) with slopes that are harmonic means of the neighbouring secants (Fritsch and Butland 1984,
/// SIAM J. Sci. Stat. Comput. 5:300): continuously differentiable, so dy/dz exists, and strictly
/// increasing. Beyond the outer knots, which are the least and the greatest value, it goes on straight
/// with the slope of the outer segment.
class NormalScore final : public ValueTransform {
public:
    /// From knots in ascending order. @throws Error(bad_input) unless both increase strictly.
    NormalScore(const Vector& z_knots, const Vector& y_knots);

    /// From values, with declustering weights (n, not negative, or empty: all equal). A value's normal
    /// score is Φ⁻¹ of the weight below it plus half its own; equal values share the middle of their
    /// ranks. Knots are a quarter of a standard deviation and at least √n/4 values apart, so that ψ
    /// does not follow every single value. @throws Error(bad_input | not_finite | dimension_mismatch)
    [[nodiscard]] static std::shared_ptr<const NormalScore> of(const Vector& values,
                                                               const Vector& weights = {});

    [[nodiscard]] const Vector& z_knots() const { return z_; }
    [[nodiscard]] const Vector& y_knots() const { return y_; }

    [[nodiscard]] std::string kind() const override { return "normal-score"; }
    [[nodiscard]] Vector numbers() const override;
    [[nodiscard]] double forward(double z) const override;
    [[nodiscard]] double inverse(double y) const override;
    [[nodiscard]] double derivative(double z) const override;
    [[nodiscard]] int estimated_count() const override;
    [[nodiscard]] std::string label() const override { return "normal score"; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<std::pair<std::string, double>> parameters() const override;

private:
    /// dψ/dy within segment k at share t of it.
    [[nodiscard]] double slope(Index k, double t) const;
    [[nodiscard]] double value(Index k, double t) const;
    /// The share t of segment k where ψ is z.
    [[nodiscard]] double share_of(Index k, double z) const;

    Vector z_, y_, slopes_;
};

}  // namespace anamorph
