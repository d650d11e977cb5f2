// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/layer.h"

namespace anamorph {

/// Radial-basis units (Perrin and Monestiez 1999; single-resolution units of Zammit-Mangion, Ng, Vu,
/// Filippone 2022, JASA 117:1787, sec. 2.2), one after the other over a regular grid of centres on
/// [−1, 1]^d, the last axis fastest:
///   x ← x + w_k (x − c_k) exp(−a |x − c_k|²),   a = 2/spacing².
/// Each pulls towards its centre or pushes away from it. −1 < w_k < ½ e^{3/2} keeps it bijective;
/// w_k is a shifted logistic function of θ_k with w_k = 0 at θ_k = 0. Ridge λ Σ θ².
class RadialBasis final : public Layer {
public:
    /// `per_axis` ≥ 2 centres along each axis. @throws Error(bad_input)
    RadialBasis(int dimension, int per_axis, double ridge);
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;

    [[nodiscard]] const Points& centres() const { return centres_; }  ///< K×d
    [[nodiscard]] const Vector& weights() const { return weights_; }  ///< w, K

private:
    void parameters_changed() override;
    void map(Points& x, Vector& log_det) const override;
    void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                   Vector& sum) const override;
    void invert(Points& u) const override;

    Points centres_;
    double sharpness_;              // a
    Vector weights_, d_weights_;    // w and dw/dθ
};

}  // namespace anamorph
