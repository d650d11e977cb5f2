// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/radial.h"

#include <cmath>

#include "core/base/error.h"
#include "core/deformation/layer_tape.h"

namespace anamorph {

namespace {

constexpr double centre_precision = 4.0;  // prior sd ½

class RadialTape final : public LayerTape {
public:
    RadialTape(const RadialDeformation& f, const Points& x)
        : offset_(x.rowwise() - f.parameters().transpose()),
          deformed_(f.forward(x)),
          log_det_(f.log_abs_det(x)) {}
    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }
    /// With r = x − o: ∂f/∂x = |r|² I + 2 r rᵀ, ∂ log|det J|/∂x = 2d r/|r|²; ∂f/∂o = I − ∂f/∂x.
    [[nodiscard]] Vector pull_back_to_points(const Points& g, const Vector& gamma,
                                             Points& d_points) const override {
        const Eigen::ArrayXd squared = offset_.rowwise().squaredNorm();
        Eigen::ArrayXd along = 2.0 * g.cwiseProduct(offset_).rowwise().sum();
        if (gamma.size() > 0)
            along += 2.0 * static_cast<double>(offset_.cols()) * gamma.array() / squared.max(1e-300);
        d_points = (g.array().colwise() * squared + offset_.array().colwise() * along).matrix();
        return (g - d_points).colwise().sum().transpose();
    }

private:
    Points offset_, deformed_;
    Vector log_det_;
};

}  // namespace

RadialDeformation::RadialDeformation(int dimension) : centre_(Vector::Zero(dimension)) {}

void RadialDeformation::set_parameters(const Vector& parameters) {
    if (parameters.size() != centre_.size())
        throw Error(ErrorCode::dimension_mismatch, "The radial deformation's parameters are its centre.");
    centre_ = parameters;
}

std::unique_ptr<Deformation> RadialDeformation::clone() const {
    return std::make_unique<RadialDeformation>(*this);
}

Points RadialDeformation::forward(const Points& x) const {
    const Points r = x.rowwise() - centre_.transpose();
    Points out = r.array().colwise() * r.rowwise().squaredNorm().array();
    out.rowwise() += centre_.transpose();
    return out;
}

Vector RadialDeformation::log_abs_det(const Points& x) const {
    // J = |r|² I + 2 r rᵀ has eigenvalues |r|² (d − 1 times) and 3|r|².
    const double d = static_cast<double>(dimension());
    return std::log(3.0) +
           d * (x.rowwise() - centre_.transpose()).rowwise().squaredNorm().array().log();
}

Points RadialDeformation::inverse(const Points& u) const {
    Points r = u.rowwise() - centre_.transpose();
    for (Index i = 0; i < r.rows(); ++i) {
        const double cubed = r.row(i).norm();
        if (cubed > 0.0) r.row(i) *= std::cbrt(cubed) / cubed;
    }
    r.rowwise() += centre_.transpose();
    return r;
}

std::unique_ptr<DeformationTape> RadialDeformation::record(const Points& x) const {
    return std::make_unique<RadialTape>(*this, x);
}

double RadialDeformation::regulariser(Vector& gradient) const {
    gradient += centre_precision * centre_;
    return 0.5 * centre_precision * centre_.squaredNorm();
}

Vector RadialDeformation::prior_precision() const {
    return Vector::Constant(centre_.size(), centre_precision);
}

}  // namespace anamorph
