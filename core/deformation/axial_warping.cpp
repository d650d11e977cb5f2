// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/axial_warping.h"

#include <cmath>

#include "core/base/error.h"
#include "core/deformation/monotone_root.h"

namespace anamorph {

namespace {

constexpr double axial_extent = 1.25;
constexpr double sigmoid_share = 0.95;  // of the identity's slope that the sigmoids carry
constexpr double amplitude = 1.0;       // a: log-slope of one unit of θ

double logistic(double t) { return 1.0 / (1.0 + std::exp(-t)); }

}  // namespace

AxialWarping::AxialWarping(int dimension, int sigmoids, double ridge)
    : Layer("axial warping", dimension, Vector::Constant(dimension * sigmoids, 2.0 * ridge)) {
    if (sigmoids < 3)
        throw Error(ErrorCode::bad_input, "Axial warping needs at least 3 sigmoids a coordinate.");
    const double spacing = 2.0 * axial_extent / (sigmoids - 1);
    centres_ = Vector::LinSpaced(sigmoids, -axial_extent, axial_extent);
    // At s = 0.4 spacings the sum of the sigmoids' slopes is flat to 1 %.
    steepness_ = 0.4 * spacing;
    base_ = sigmoid_share * spacing;
    AxialWarping::parameters_changed();
}

std::unique_ptr<Deformation> AxialWarping::clone() const {
    return std::make_unique<AxialWarping>(*this);
}

double AxialWarping::warped(double x, int axis, double& slope) const {
    double value = x;
    slope = 1.0;
    for (Index k = 0; k < centres_.size(); ++k) {
        const double s = logistic((x - centres_(k)) / steepness_);
        value += weights_(k, axis) * s;
        slope += weights_(k, axis) * s * (1.0 - s) / steepness_;
    }
    return value;
}

void AxialWarping::parameters_changed() {
    const int d = dimension();
    const Index count = centres_.size();
    const Matrix growth = (amplitude * parameters().reshaped(count, d)).array().exp();
    weights_ = base_ * (growth.array() - 1.0);
    d_weights_ = base_ * amplitude * growth;
    scale_.resize(d);
    shift_.resize(d);
    d_scale_.resize(count, d);
    d_shift_.resize(count, d);
    for (int j = 0; j < d; ++j) {
        double slope = 0.0;
        const double low = warped(-1.0, j, slope), high = warped(1.0, j, slope);
        const double a = 2.0 / (high - low);
        scale_(j) = a;
        shift_(j) = -0.5 * a * (high + low);
        for (Index k = 0; k < count; ++k) {
            const double d_low = d_weights_(k, j) * logistic((-1.0 - centres_(k)) / steepness_);
            const double d_high = d_weights_(k, j) * logistic((1.0 - centres_(k)) / steepness_);
            d_scale_(k, j) = -0.5 * a * a * (d_high - d_low);
            d_shift_(k, j) = -0.5 * (d_scale_(k, j) * (high + low) + a * (d_high + d_low));
        }
    }
}

void AxialWarping::map(Points& x, Vector& log_det) const {
    for (int j = 0; j < dimension(); ++j) {
        const Eigen::ArrayXd at = x.col(j);
        Eigen::ArrayXd value = at, slope = Eigen::ArrayXd::Ones(at.size());
        for (Index k = 0; k < centres_.size(); ++k) {
            const Eigen::ArrayXd s = 1.0 / (1.0 + (-(at - centres_(k)) / steepness_).exp());
            value += weights_(k, j) * s;
            slope += weights_(k, j) / steepness_ * s * (1.0 - s);
        }
        x.col(j) = scale_(j) * value + shift_(j);
        log_det.array() += (scale_(j) * slope).log();
    }
}

void AxialWarping::pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                             Vector& sum) const {
    const Index count = centres_.size();
    const bool with_det = d_log_det.size() > 0;
    for (int j = 0; j < dimension(); ++j) {
        const Eigen::ArrayXd at = x.col(j);
        Eigen::ArrayXd value = at, slope = Eigen::ArrayXd::Ones(at.size());
        Eigen::ArrayXd bend = Eigen::ArrayXd::Zero(at.size());
        Matrix sigmoid(at.size(), count);
        for (Index k = 0; k < count; ++k) {
            const Eigen::ArrayXd s = 1.0 / (1.0 + (-(at - centres_(k)) / steepness_).exp());
            sigmoid.col(k) = s;
            const double w = weights_(k, j);
            value += w * s;
            slope += w / steepness_ * s * (1.0 - s);
            bend += w / (steepness_ * steepness_) * s * (1.0 - s) * (1.0 - 2.0 * s);
        }
        const Eigen::ArrayXd g = cotangent.col(j);
        double d_scale = (g * value).sum();
        Vector d_weight = sigmoid.transpose() * (scale_(j) * g).matrix();
        cotangent.col(j) = scale_(j) * g * slope;
        if (with_det) {
            const Eigen::ArrayXd relative = d_log_det.array() / slope;
            d_scale += d_log_det.sum() / scale_(j);
            d_weight += (sigmoid.array() * (1.0 - sigmoid.array())).matrix().transpose() *
                        (relative / steepness_).matrix();
            cotangent.col(j).array() += relative * bend;
        }
        sum.segment(j * count, count) += d_weight.cwiseProduct(d_weights_.col(j)) +
                                         d_scale * d_scale_.col(j) + g.sum() * d_shift_.col(j);
    }
}

void AxialWarping::invert(Points& u) const {
    for (int j = 0; j < dimension(); ++j) {
        const double least = weights_.col(j).cwiseMin(0.0).sum();
        const double most = weights_.col(j).cwiseMax(0.0).sum();
        for (Index i = 0; i < u.rows(); ++i) {
            const double target = (u(i, j) - shift_(j)) / scale_(j);
            u(i, j) = monotone_root(
                [&](double x, double& slope) { return warped(x, j, slope) - target; },
                target - most - 1e-9 * (1.0 + std::abs(target)),
                target - least + 1e-9 * (1.0 + std::abs(target)));
        }
    }
}

}  // namespace anamorph
