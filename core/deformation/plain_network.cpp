// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/plain_network.h"

#include <cmath>
#include <limits>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"

namespace anamorph {

namespace {

constexpr double start_range = 2.0;  // of W₁ and b, uniform; variance 4/3
constexpr double start_precision = 3.0 / (start_range * start_range);
constexpr double network_extent = 1.25;
constexpr double least_pivot = 1e-8;  // of det J where log|det J| is differentiated

Vector precision_of(int dimension, int width, double ridge) {
    if (width < 1) throw Error(ErrorCode::bad_input, "A network needs at least one hidden unit.");
    Vector precision = Vector::Constant(width * (2 * dimension + 1), start_precision);
    precision.tail(dimension * width).setConstant(2.0 * ridge);
    return precision;
}

Points network_grid(int d) {
    const Index per_axis = d == 1 ? 401 : d == 2 ? 65 : 21;
    Index count = 1;
    for (int j = 0; j < d; ++j) count *= per_axis;
    Points grid(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (int j = 0; j < d; ++j, rest /= per_axis)
            grid(k, j) = network_extent * (-1.0 + 2.0 * static_cast<double>(rest % per_axis) /
                                                      static_cast<double>(per_axis - 1));
    }
    return grid;
}

}  // namespace

PlainNetwork::PlainNetwork(int dimension, int hidden_width, double ridge, std::uint64_t seed)
    : Layer("network", dimension, precision_of(dimension, hidden_width, ridge)),
      width_(hidden_width),
      scale_(2.0 / std::sqrt(static_cast<double>(hidden_width))) {
    RandomStream random(seed);
    Vector start = Vector::Zero(parameter_count());
    for (Index i = 0; i < width_ * (dimension + 1); ++i)
        start(i) = random.uniform(-start_range, start_range);
    start_at(start);
    PlainNetwork::parameters_changed();
}

std::unique_ptr<Deformation> PlainNetwork::clone() const {
    return std::make_unique<PlainNetwork>(*this);
}

void PlainNetwork::parameters_changed() {
    const Vector theta = parameters();
    const Index d = dimension();
    first_ = theta.head(width_ * d).reshaped(width_, d);
    bias_ = theta.segment(width_ * d, width_);
    second_ = theta.tail(d * width_).reshaped(d, width_);
}

Matrix PlainNetwork::hidden(const Points& x) const {
    return ((x * first_.transpose()).rowwise() + bias_.transpose()).array().tanh();
}

Matrix PlainNetwork::jacobian(const Vector& h) const {
    const Index d = dimension();
    return Matrix::Identity(d, d) +
           scale_ * second_ * (1.0 - h.array().square()).matrix().asDiagonal() * first_;
}

void PlainNetwork::map(Points& x, Vector& log_det) const {
    const Matrix h = hidden(x);
    x += scale_ * h * second_.transpose();
    for (Index i = 0; i < x.rows(); ++i)
        log_det(i) += std::log(std::max(std::abs(determinant(jacobian(h.row(i)))), 1e-300));
}

void PlainNetwork::pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                             Vector& sum) const {
    const Index d = dimension();
    const Matrix h = hidden(x);
    const Matrix slope = 1.0 - h.array().square();
    Matrix d_second = scale_ * cotangent.transpose() * h;                             // d×H
    Matrix d_inner = (scale_ * cotangent * second_).cwiseProduct(slope);              // m×H
    Matrix d_first = Matrix::Zero(width_, d);
    if (d_log_det.size() > 0)
        for (Index i = 0; i < x.rows(); ++i) {
            // ∂ log|det J| = tr(J⁻¹ ∂J), J = I + s W₂ diag(1 − h²) W₁.
            const Matrix j = jacobian(h.row(i));
            if (!(std::abs(determinant(j)) > least_pivot)) continue;
            const Matrix m = scale_ * d_log_det(i) * matrix_inverse(j).transpose();
            const Vector u = slope.row(i);
            d_second += m * first_.transpose() * u.asDiagonal();
            d_first += u.asDiagonal() * second_.transpose() * m;
            const Vector d_slope = (second_.transpose() * m).cwiseProduct(first_).rowwise().sum();
            d_inner.row(i).array() -=
                2.0 * d_slope.transpose().array() * h.row(i).array() * slope.row(i).array();
        }
    d_first += d_inner.transpose() * x;
    cotangent += d_inner * first_;
    sum.head(width_ * d) += d_first.reshaped();
    sum.segment(width_ * d, width_) += d_inner.colwise().sum().transpose();
    sum.tail(d * width_) += d_second.reshaped();
}

double PlainNetwork::least_determinant() const {
    const Matrix h = hidden(network_grid(dimension()));
    double least = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < h.rows(); ++i) least = std::min(least, determinant(jacobian(h.row(i))));
    return least;
}

void PlainNetwork::require_inverse() const {
    if (least_determinant() > 0.0) return;
    throw Error(ErrorCode::unsupported, "The network folds space, so that it has no inverse.",
                "A larger ridge of the layers keeps it from folding; the velocity field never folds.");
}

bool PlainNetwork::solve(const Eigen::RowVectorXd& u, Eigen::RowVectorXd& x) const {
    const auto image = [&](const Eigen::RowVectorXd& at, Matrix& h) {
        h = hidden(at);
        return Eigen::RowVectorXd(at + scale_ * h * second_.transpose());
    };
    Matrix h;
    Eigen::RowVectorXd rest = u - image(x, h);
    for (int iteration = 0; iteration < 60; ++iteration) {
        if (rest.norm() <= 1e-14 * (1.0 + u.norm())) return true;
        const Eigen::RowVectorXd step =
            solve_square(jacobian(h.row(0)), rest.transpose()).transpose();
        bool better = false;
        for (double share = 1.0; share > 1e-4 && !better; share *= 0.5) {
            Matrix trial_h;
            const Eigen::RowVectorXd trial = x + share * step;
            const Eigen::RowVectorXd trial_rest = u - image(trial, trial_h);
            better = trial_rest.norm() < rest.norm();
            if (better) x = trial, h = trial_h, rest = trial_rest;
        }
        if (!better) break;
    }
    return rest.norm() <= 1e-12 * (1.0 + u.norm());
}

void PlainNetwork::invert(Points& u) const {
    Points grid, images;  // starts for the points that Newton's method does not reach from u itself
    for (Index i = 0; i < u.rows(); ++i) {
        const Eigen::RowVectorXd target = u.row(i);
        Eigen::RowVectorXd x = target;
        bool found = solve(target, x);
        if (!found) {
            if (grid.rows() == 0) {
                grid = network_grid(dimension());
                images = grid + scale_ * hidden(grid) * second_.transpose();
            }
            Index nearest = 0;
            (images.rowwise() - target).rowwise().squaredNorm().minCoeff(&nearest);
            x = grid.row(nearest);
            found = solve(target, x);
        }
        if (found)
            u.row(i) = x;
        else
            u.row(i).setConstant(std::numeric_limits<double>::quiet_NaN());
    }
}

}  // namespace anamorph
