// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/velocity_field.h"

#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/deformation/layer_tape.h"
#include "core/deformation/velocity_kernels.h"

namespace anamorph {

namespace {

PointBlock load(const Points& x, Index first, int points) {
    PointBlock out{};
    for (Index j = 0; j < x.cols(); ++j)
        std::copy_n(x.col(j).data() + first, points, out.axis[j]);
    return out;
}

void store(const PointBlock& in, Index first, int points, Points& x) {
    for (Index j = 0; j < x.cols(); ++j)
        std::copy_n(in.axis[j], points, x.col(j).data() + first);
}

void axpy(double a, const PointBlock& x, int d, PointBlock& y) {
    for (int j = 0; j < d; ++j)
        for (int i = 0; i < GaussianBasis::block; ++i) y.axis[j][i] += a * x.axis[j][i];
}

/// Calls f(first, points) for each block of rows, in parallel where there are many.
template <class Function>
void for_blocks(Index n, const Function& f) {
    const Index blocks = (n + GaussianBasis::block - 1) / GaussianBasis::block;
#pragma omp parallel for schedule(static) if (blocks > 8)
    for (Index b = 0; b < blocks; ++b)
        f(b * GaussianBasis::block, static_cast<int>(std::min<Index>(GaussianBasis::block, n - b * GaussianBasis::block)));
}

Points fine_grid(int d, int per_axis, double extent) {
    const Index count = static_cast<Index>(std::pow(per_axis, d) + 0.5);
    Points grid(count, d);
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (int j = 0; j < d; ++j) {
            grid(k, j) = -extent + 2.0 * extent * static_cast<double>(rest % per_axis) / (per_axis - 1);
            rest /= per_axis;
        }
    }
    return grid;
}

}  // namespace

/// Positions before each step and at its midpoint.
class VelocityTape final : public LayerTape {
public:
    VelocityTape(const VelocityField& field, const Points& x)
        : basis_(field.basis_), w_(field.coefficients_), steps_(field.steps_) {
        const Index n = x.rows();
        const int d = field.dimension();
        before_.assign(static_cast<std::size_t>(steps_), Points(n, d));
        middle_ = before_;
        deformed_ = x;
        log_det_ = Vector::Zero(n);
        const double dt = 1.0 / steps_;
        for_blocks(n, [&](Index first, int points) {
            VelocityKernels kernels(*basis_, w_);
            PointBlock at = load(x, first, points), v;
            double div[GaussianBasis::block];
            for (int s = 0; s < steps_; ++s) {
                store(at, first, points, before_[static_cast<std::size_t>(s)]);
                kernels.at(at, points);
                kernels.velocity(v);
                PointBlock mid = at;
                axpy(0.5 * dt, v, d, mid);
                store(mid, first, points, middle_[static_cast<std::size_t>(s)]);
                kernels.at(mid, points);
                kernels.velocity(v);
                kernels.divergence(div);
                for (int i = 0; i < points; ++i) log_det_(first + i) += dt * div[i];
                axpy(dt, v, d, at);
            }
            store(at, first, points, deformed_);
        });
    }

    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }

    [[nodiscard]] Vector pull_back_to_points(const Points& d_deformed, const Vector& d_log_det,
                                             Points& d_points) const override {
        const Index n = deformed_.rows();
        d_points.resize(n, deformed_.cols());
        const int d = static_cast<int>(deformed_.cols());
        const double dt = 1.0 / steps_;
        const bool with_det = d_log_det.size() > 0;
        // A fixed number of partial sums: the same result for any number of threads.
        constexpr Index parts = 16;
        const Index blocks = (n + GaussianBasis::block - 1) / GaussianBasis::block;
        std::vector<Matrix> sums(parts, Matrix::Zero(w_.rows(), w_.cols()));
#pragma omp parallel for schedule(static) if (blocks > 8)
        for (Index part = 0; part < parts; ++part) {
            Matrix& wbar = sums[static_cast<std::size_t>(part)];
            VelocityKernels kernels(*basis_, w_);
            for (Index b = blocks * part / parts; b < blocks * (part + 1) / parts; ++b) {
                const Index first = b * GaussianBasis::block;
                const int points = static_cast<int>(std::min<Index>(GaussianBasis::block, n - first));
                PointBlock g = load(d_deformed, first, points);
                double gamma[GaussianBasis::block] = {};
                for (int i = 0; i < points && with_det; ++i) gamma[i] = dt * d_log_det(first + i);
                for (int s = steps_ - 1; s >= 0; --s) {
                    // x' = x + dt v(mid), mid = x + ½dt v(x).
                    PointBlock scaled{}, mid_bar{};
                    axpy(dt, g, d, scaled);
                    kernels.at(load(middle_[static_cast<std::size_t>(s)], first, points), points);
                    kernels.pull_back(scaled, with_det ? gamma : nullptr, mid_bar, wbar);
                    axpy(1.0, mid_bar, d, g);
                    PointBlock half{};
                    axpy(0.5 * dt, mid_bar, d, half);
                    kernels.at(load(before_[static_cast<std::size_t>(s)], first, points), points);
                    kernels.pull_back(half, nullptr, g, wbar);
                }
                store(g, first, points, d_points);
            }
        }
        Matrix wbar = sums[0];
        for (std::size_t part = 1; part < sums.size(); ++part) wbar += sums[part];
        return Eigen::Map<const Vector>(wbar.data(), wbar.size());
    }

private:
    std::shared_ptr<const VelocityBasis> basis_;
    Matrix w_;
    int steps_;
    std::vector<Points> before_, middle_;
    Points deformed_;
    Vector log_det_;
};

VelocityField::VelocityField(std::vector<int> sizes, double ridge)
    : basis_(std::make_shared<VelocityBasis>(std::move(sizes))) {
    add_group(basis_->count(), ridge);
}

void VelocityField::add_group(Index count, double ridge) {
    if (!(ridge >= 0.0)) throw Error(ErrorCode::bad_input, "The ridge must not be negative.");
    const Index before = coefficients_.rows();
    groups_.push_back({before, count, ridge});
    coefficients_.conservativeResize(before + count, basis_->dimension());
    coefficients_.bottomRows(count).setZero();
}

void VelocityField::add_level(std::vector<int> sizes, double ridge) {
    auto larger = std::make_shared<VelocityBasis>(*basis_);
    larger->add_level(std::move(sizes));
    basis_ = std::move(larger);
    add_group(basis_->count() - coefficients_.rows(), ridge);
    choose_steps();
}

void VelocityField::add_units(const GaussianUnits& units, double ridge) {
    if (units.count() == 0) return;
    const bool further = basis_->units().count() > 0;
    auto larger = std::make_shared<VelocityBasis>(*basis_);
    larger->add_units(units);
    basis_ = std::move(larger);
    add_group(units.count(), ridge);
    if (further) {
        groups_.pop_back();
        groups_.back().count += units.count();
        groups_.back().ridge = ridge;
    }
    choose_steps();
}

double VelocityField::squared_norm(std::size_t group) const {
    const Group& g = groups_.at(group);
    return coefficients_.middleRows(g.first, g.count).squaredNorm();
}

Vector VelocityField::ridges() const {
    Vector ridge(basis_->count());
    for (const Group& g : groups_) ridge.segment(g.first, g.count).setConstant(g.ridge);
    return ridge;
}

Vector VelocityField::parameters() const {
    return Eigen::Map<const Vector>(coefficients_.data(), coefficients_.size());
}

void VelocityField::set_parameters(const Vector& parameters) {
    if (parameters.size() != coefficients_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The velocity field has " + std::to_string(coefficients_.size()) +
                        " coefficients, not " + std::to_string(parameters.size()) + ".");
    coefficients_ =
        Eigen::Map<const Matrix>(parameters.data(), coefficients_.rows(), coefficients_.cols());
    choose_steps();
}

void VelocityField::choose_steps() {
    const int d = dimension();
    // At most three quarters of the narrowest width from node to node.
    const int needed = static_cast<int>(std::ceil(2.0 * basis_->extent() / (0.75 * basis_->smallest_width()))) + 1;
    const Points grid = fine_grid(d, d == 1   ? std::clamp(needed, 17, 401)
                                     : d == 2 ? std::clamp(needed, 17, 81)
                                              : std::clamp(needed, 9, 25),
                                  basis_->extent());
    VelocityKernels kernels(*basis_, coefficients_);
    std::vector<double> jac(static_cast<std::size_t>(d * d) * GaussianBasis::block);
    auto* rows = reinterpret_cast<double(*)[GaussianBasis::block]>(jac.data());
    double largest = 0.0;
    for (Index first = 0; first < grid.rows(); first += GaussianBasis::block) {
        const int points = static_cast<int>(std::min<Index>(GaussianBasis::block, grid.rows() - first));
        kernels.at(load(grid, first, points), points);
        kernels.jacobian(rows);
        for (int i = 0; i < points; ++i) {
            double norm = 0.0;
            for (int e = 0; e < d * d; ++e) norm += rows[e][i] * rows[e][i];
            largest = std::max(largest, norm);
        }
    }
    largest = std::sqrt(largest);
    steps_ = 4;
    while (largest / steps_ >= 0.5 && steps_ < 256) steps_ *= 2;
}

std::unique_ptr<Deformation> VelocityField::clone() const {
    return std::make_unique<VelocityField>(*this);
}

Points VelocityField::velocity(const Points& x) const { return basis_->values(x) * coefficients_; }

Points VelocityField::forward(const Points& x) const {
    Points out(x.rows(), x.cols());
    const double dt = 1.0 / steps_;
    for_blocks(x.rows(), [&](Index first, int points) {
        VelocityKernels kernels(*basis_, coefficients_);
        PointBlock at = load(x, first, points), v;
        for (int s = 0; s < steps_; ++s) {
            kernels.at(at, points);
            kernels.velocity(v);
            PointBlock mid = at;
            axpy(0.5 * dt, v, dimension(), mid);
            kernels.at(mid, points);
            kernels.velocity(v);
            axpy(dt, v, dimension(), at);
        }
        store(at, first, points, out);
    });
    return out;
}

Vector VelocityField::log_abs_det(const Points& x) const {
    Vector out(x.rows());
    const int d = dimension();
    const double dt = 1.0 / steps_;
    for_blocks(x.rows(), [&](Index first, int points) {
        VelocityKernels kernels(*basis_, coefficients_);
        PointBlock at = load(x, first, points), v;
        double at_start[9][GaussianBasis::block], at_middle[9][GaussianBasis::block];
        Vector sum = Vector::Zero(points);
        for (int s = 0; s < steps_; ++s) {
            kernels.at(at, points);
            kernels.velocity(v);
            kernels.jacobian(at_start);
            PointBlock mid = at;
            axpy(0.5 * dt, v, d, mid);
            kernels.at(mid, points);
            kernels.velocity(v);
            kernels.jacobian(at_middle);
            for (int i = 0; i < points; ++i) {
                Matrix j0(d, d), jm(d, d);
                for (int e = 0; e < d * d; ++e) {
                    j0(e / d, e % d) = at_start[e][i];
                    jm(e / d, e % d) = at_middle[e][i];
                }
                const Matrix identity = Matrix::Identity(d, d);
                const Matrix step = identity + dt * jm * (identity + 0.5 * dt * j0);
                sum(i) += std::log(std::abs(determinant(step)));
            }
            axpy(dt, v, d, at);
        }
        out.segment(first, points) = sum;
    });
    return out;
}

Points VelocityField::inverse(const Points& u) const {
    // Each step y = x + dt v(x + ½dt v(x)) is inverted by fixed-point iteration; choose_steps keeps
    // it a contraction.
    Points out(u.rows(), u.cols());
    const int d = dimension();
    const double dt = 1.0 / steps_;
    bool converged = true;
    for_blocks(u.rows(), [&](Index first, int points) {
        VelocityKernels kernels(*basis_, coefficients_);
        PointBlock y = load(u, first, points), v;
        for (int s = 0; s < steps_; ++s) {
            PointBlock x = y;
            double change = 1.0;
            for (int iteration = 0; iteration < 200 && change > 1e-15; ++iteration) {
                kernels.at(x, points);
                kernels.velocity(v);
                PointBlock mid = x;
                axpy(0.5 * dt, v, d, mid);
                kernels.at(mid, points);
                kernels.velocity(v);
                PointBlock next = y;
                axpy(-dt, v, d, next);
                change = 0.0;
                for (int j = 0; j < d; ++j)
                    for (int i = 0; i < points; ++i)
                        change = std::max(change, std::abs(next.axis[j][i] - x.axis[j][i]));
                x = next;
            }
            if (!(change < 1e-11)) {
#pragma omp atomic write
                converged = false;
            }
            y = x;
        }
        store(y, first, points, out);
    });
    if (!converged || !out.allFinite())
        throw Error(ErrorCode::not_finite, "The inverse of the velocity-field flow did not converge.");
    return out;
}

std::unique_ptr<DeformationTape> VelocityField::record(const Points& x) const {
    return std::make_unique<VelocityTape>(*this, x);
}

double VelocityField::regulariser(Vector& gradient) const {
    const Matrix pull = ridges().asDiagonal() * coefficients_;
    gradient += 2.0 * Eigen::Map<const Vector>(pull.data(), pull.size());
    return pull.cwiseProduct(coefficients_).sum();
}

Vector VelocityField::prior_precision() const {
    return 2.0 * ridges().replicate(dimension(), 1);
}

void VelocityField::project_from(const VelocityField& other, double shrink) {
    if (other.dimension() != dimension())
        throw Error(ErrorCode::dimension_mismatch, "Velocity fields of different dimension.");
    const Points grid = fine_grid(dimension(), dimension() == 3 ? 13 : 30, 1.2);
    const Matrix phi = basis_->values(grid);
    // The ridge of the first group counts 0.01, the others' in proportion.
    const double first = groups_.front().ridge;
    const Vector penalty = first > 0.0 ? Vector(1e-2 / first * ridges()) : Vector(Vector::Constant(phi.cols(), 1e-2));
    Matrix normal = phi.transpose() * phi;
    normal.diagonal() += penalty;
    coefficients_ = shrink * CholeskyFactor(normal).solve(phi.transpose() * other.velocity(grid));
    choose_steps();
}

void VelocityField::start_from(const VelocityField& other) {
    const VelocityBasis &theirs = *other.basis_, &own = *basis_;
    const std::size_t levels = theirs.levels().size();
    bool same = other.dimension() == dimension() && levels <= own.levels().size();
    for (std::size_t k = 0; k < levels && same; ++k)
        same = theirs.levels()[k].sizes() == own.levels()[k].sizes();
    const Index units = theirs.units().count();
    same = same && units <= own.units().count() &&
           (units == 0 || (theirs.units().centres == own.units().centres.topRows(units) &&
                           theirs.units().widths == own.units().widths.topRows(units)));
    if (!same) return project_from(other, 0.9);
    const Index regular = theirs.count() - units, own_regular = own.count() - own.units().count();
    coefficients_.setZero();
    coefficients_.topRows(regular) = other.coefficients_.topRows(regular);
    coefficients_.middleRows(own_regular, units) = other.coefficients_.bottomRows(units);
    choose_steps();
}

}  // namespace anamorph
