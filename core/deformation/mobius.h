// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <complex>

#include "core/deformation/layer.h"

namespace anamorph {

/// Möbius transformation of the plane, z = x₁ + i x₂ (the last kind of layer of Zammit-Mangion, Ng,
/// Vu, Filippone 2022, JASA 117:1787, sec. 2.2): conformal, so that the range changes from place to
/// place and stays the same in all directions. With (a z + b)/(c z + 1) written as
///   f(z) = b + e^α z/(1 + c z),   f'(z) = e^α/(1 + c z)²,
/// every α, b, c is a bijection of the plane but for the pole −1/c. |c| < ½ keeps the pole farther
/// than 2 from the middle of the data, whose corners are at most √2 away.
/// θ = (Re α, Im α, Re b, Im b, Re κ, Im κ), c = ½ κ/√(1 + |κ|²): the identity at θ = 0. Ridge λ Σ θ².
class Mobius final : public Layer {
public:
    /// @throws Error(unsupported) other than in two dimensions.
    Mobius(int dimension, double ridge);
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;

    [[nodiscard]] std::complex<double> bending() const { return c_; }  ///< c; the pole is at −1/c

private:
    void parameters_changed() override;
    void map(Points& x, Vector& log_det) const override;
    void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                   Vector& sum) const override;
    void invert(Points& u) const override;

    std::complex<double> growth_, b_, c_;  // e^α, b, c
};

}  // namespace anamorph
