// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/deformation/gaussian_basis.h"
#include "core/deformation/layer.h"
#include "core/deformation/rational_quadratic_spline.h"

namespace anamorph {

/// Couplings of monotone rational-quadratic splines (Durkan, Bekasov, Murray, Papamakarios 2019,
/// NeurIPS, arXiv 1906.04032, sec. 3): each moves one coordinate by a spline whose knots depend on
/// the other ones, on axes turned by 0, 90, 45, 135 degrees in turn (d = 2), or on each axis in turn
/// (d = 3); in one dimension there is one spline. What a network gives there is given here by
/// Gaussian functions φ_m of the other coordinates: raw parameter r of the spline is a Σ_m θ_rm φ_m,
/// a = 0.35 (0.6 in one dimension), so that one ridge suits splines and the other layers.
/// The identity at θ = 0 and, along the moved coordinate, outside [−B, B]. Ridge λ Σ θ².
class SplineCoupling final : public Layer {
public:
    /// `bins` ≥ 2 of each spline; `functions` ≥ 2 along each of the other coordinates.
    /// @throws Error(bad_input)
    SplineCoupling(int dimension, int bins, int functions, double ridge);
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override;

    static constexpr double extent = 1.5;  ///< B

private:
    /// One coupling: coordinate `moved` of axes turned by an angle, with the others as its conditions.
    struct Coupling {
        double cosine = 1.0, sine = 0.0;
        int moved = 0;
        std::vector<int> others;
    };

    void parameters_changed() override;
    void map(Points& x, Vector& log_det) const override;
    void pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                   Vector& sum) const override;
    void invert(Points& u) const override;

    static std::vector<Coupling> couplings_of(int dimension);
    static void turn(const Coupling& coupling, double sign, Points& x);
    /// Values of the Gaussian functions at the other coordinates, m×count.
    [[nodiscard]] Matrix conditions(const Coupling& coupling, const Points& x) const;

    std::vector<Coupling> couplings_;
    RationalQuadraticSpline spline_;
    double amplitude_;                            // a
    std::shared_ptr<const GaussianBasis> basis_;  // null in one dimension
    std::vector<Matrix> coefficients_;            // a θ of each coupling: functions × raw parameters
};

}  // namespace anamorph
