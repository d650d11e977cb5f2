// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/radial_basis.h"

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/deformation/monotone_root.h"

namespace anamorph {

namespace {

constexpr double lower_bound = -1.0;
const double upper_bound = 0.5 * std::exp(1.5);

Points grid_of_centres(int d, int per_axis) {
    Index count = 1;
    for (int j = 0; j < d; ++j) count *= per_axis;
    Points centres(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (int j = d - 1; j >= 0; --j, rest /= per_axis)
            centres(k, j) = -1.0 + 2.0 * static_cast<double>(rest % per_axis) / (per_axis - 1);
    }
    return centres;
}

Index unit_count(int d, int per_axis) {
    if (per_axis < 2)
        throw Error(ErrorCode::bad_input, "Radial-basis units need at least 2 centres along an axis.");
    return static_cast<Index>(std::lround(std::pow(per_axis, d)));
}

}  // namespace

RadialBasis::RadialBasis(int dimension, int per_axis, double ridge)
    : Layer("radial basis", dimension, Vector::Constant(unit_count(dimension, per_axis), 2.0 * ridge)),
      centres_(grid_of_centres(dimension, per_axis)) {
    const double spacing = 2.0 / (per_axis - 1);
    sharpness_ = 2.0 / (spacing * spacing);
    RadialBasis::parameters_changed();
}

std::unique_ptr<Deformation> RadialBasis::clone() const {
    return std::make_unique<RadialBasis>(*this);
}

void RadialBasis::parameters_changed() {
    const double span = upper_bound - lower_bound;
    const double at_zero = std::log(-lower_bound / upper_bound);  // logit of the share below w = 0
    const Vector theta = parameters();
    weights_.resize(theta.size());
    d_weights_.resize(theta.size());
    for (Index k = 0; k < theta.size(); ++k) {
        const double share = 1.0 / (1.0 + std::exp(-(theta(k) + at_zero)));
        weights_(k) = theta(k) == 0.0 ? 0.0 : lower_bound + span * share;
        d_weights_(k) = span * share * (1.0 - share);
    }
}

/// With t = a|x − c|² and e = exp(−t), a unit stretches by 1 + w e across the ray from its centre and
/// by 1 + w e (1 − 2t) along it.
void RadialBasis::map(Points& x, Vector& log_det) const {
    const double across = static_cast<double>(dimension() - 1);
    for (Index k = 0; k < centres_.rows(); ++k) {
        if (weights_(k) == 0.0) continue;
        const Points r = x.rowwise() - centres_.row(k);
        const Eigen::ArrayXd t = sharpness_ * r.rowwise().squaredNorm().array();
        const Eigen::ArrayXd we = weights_(k) * (-t).exp();
        x.array() += r.array().colwise() * we;
        log_det.array() += across * (1.0 + we).log() + (1.0 + we * (1.0 - 2.0 * t)).log();
    }
}

void RadialBasis::pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                            Vector& sum) const {
    const Index units = centres_.rows();
    const double across = static_cast<double>(dimension() - 1);
    std::vector<Points> offset(static_cast<std::size_t>(units));
    std::vector<Eigen::ArrayXd> distance(offset.size()), fall(offset.size());
    Points at = x;
    for (Index k = 0; k < units; ++k) {
        const auto i = static_cast<std::size_t>(k);
        offset[i] = at.rowwise() - centres_.row(k);
        distance[i] = sharpness_ * offset[i].rowwise().squaredNorm().array();
        fall[i] = (-distance[i]).exp();
        at.array() += offset[i].array().colwise() * (weights_(k) * fall[i]);
    }
    for (Index k = units - 1; k >= 0; --k) {
        const auto i = static_cast<std::size_t>(k);
        const Points& r = offset[i];
        const Eigen::ArrayXd &t = distance[i], &e = fall[i];
        const Eigen::ArrayXd we = weights_(k) * e;
        const Eigen::ArrayXd along = r.cwiseProduct(cotangent).rowwise().sum();
        double d_weight = (e * along).sum();
        Eigen::ArrayXd pull = -2.0 * sharpness_ * we * along;  // times r, added to the cotangent
        if (d_log_det.size() > 0) {
            const Eigen::ArrayXd g = d_log_det.array();
            const Eigen::ArrayXd a = across / (1.0 + we), b = 1.0 / (1.0 + we * (1.0 - 2.0 * t));
            d_weight += (g * e * (a + b * (1.0 - 2.0 * t))).sum();
            pull -= 2.0 * sharpness_ * g * we * (a + b * (3.0 - 2.0 * t));
        }
        cotangent = (cotangent.array().colwise() * (1.0 + we) + r.array().colwise() * pull).matrix();
        sum(k) += d_weight * d_weights_(k);
    }
}

void RadialBasis::invert(Points& u) const {
    for (Index k = centres_.rows() - 1; k >= 0; --k) {
        const double w = weights_(k);
        if (w == 0.0) continue;
        for (Index i = 0; i < u.rows(); ++i) {
            const Eigen::RowVectorXd ray = u.row(i) - centres_.row(k);
            const double target = ray.norm();
            if (target == 0.0) continue;
            // |x − c| (1 + w e) = target along the ray.
            const auto length = [&](double rho, double& slope) {
                const double t = sharpness_ * rho * rho, we = w * std::exp(-t);
                slope = 1.0 + we * (1.0 - 2.0 * t);
                return rho * (1.0 + we) - target;
            };
            // ρ e ≤ exp(−½)/√(2a).
            const double reach = std::abs(w) * std::exp(-0.5) / std::sqrt(2.0 * sharpness_) + 1e-12;
            const double rho = w > 0.0 ? monotone_root(length, std::max(0.0, target - reach), target)
                                       : monotone_root(length, target, target + reach);
            u.row(i) = centres_.row(k) + rho / target * ray;
        }
    }
}

}  // namespace anamorph
