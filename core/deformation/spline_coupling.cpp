// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/spline_coupling.h"

#include <numbers>

#include "core/base/error.h"

namespace anamorph {

namespace {

/// a: where several functions overlap, each carries less.
double amplitude_in(int dimension) { return dimension == 1 ? 0.6 : 0.35; }

Index coefficient_count(int dimension, int bins, int functions) {
    if (bins < 2 || functions < 2)
        throw Error(ErrorCode::bad_input,
                    "A spline coupling needs at least 2 bins and 2 functions an axis.");
    const Index couplings = dimension == 2 ? 4 : dimension;
    const Index conditions = dimension == 1 ? 1 : dimension == 2 ? functions : functions * functions;
    return couplings * conditions * (3 * bins - 1);
}

}  // namespace

std::vector<SplineCoupling::Coupling> SplineCoupling::couplings_of(int dimension) {
    if (dimension == 1) return {{1.0, 0.0, 0, {}}};
    if (dimension == 3) return {{1.0, 0.0, 0, {1, 2}}, {1.0, 0.0, 1, {2, 0}}, {1.0, 0.0, 2, {0, 1}}};
    const double h = std::numbers::sqrt2 / 2.0;
    return {{1.0, 0.0, 1, {0}}, {0.0, 1.0, 1, {0}}, {h, h, 1, {0}}, {-h, h, 1, {0}}};
}

SplineCoupling::SplineCoupling(int dimension, int bins, int functions, double ridge)
    : Layer("spline coupling", dimension,
            Vector::Constant(coefficient_count(dimension, bins, functions), 2.0 * ridge)),
      couplings_(couplings_of(dimension)),
      spline_(bins, extent),
      amplitude_(amplitude_in(dimension)) {
    if (dimension > 1)
        basis_ = std::make_shared<GaussianBasis>(
            std::vector<int>(static_cast<std::size_t>(dimension - 1), functions), 1.25);
    SplineCoupling::parameters_changed();
}

std::unique_ptr<Deformation> SplineCoupling::clone() const {
    return std::make_unique<SplineCoupling>(*this);
}

void SplineCoupling::parameters_changed() {
    const Vector theta = parameters();
    const Index functions = basis_ ? basis_->count() : 1, raw = spline_.raw_count();
    coefficients_.clear();
    for (std::size_t k = 0; k < couplings_.size(); ++k)
        coefficients_.emplace_back(
            amplitude_ * theta.segment(static_cast<Index>(k) * functions * raw, functions * raw)
                .reshaped(functions, raw));
}

void SplineCoupling::turn(const Coupling& c, double sign, Points& x) {
    if (c.sine == 0.0) return;
    const Vector first = c.cosine * x.col(0) + sign * c.sine * x.col(1);
    x.col(1) = c.cosine * x.col(1) - sign * c.sine * x.col(0);
    x.col(0) = first;
}

Matrix SplineCoupling::conditions(const Coupling& c, const Points& x) const {
    if (!basis_) return Matrix::Ones(x.rows(), 1);
    return basis_->values(x(Eigen::all, c.others));
}

void SplineCoupling::map(Points& x, Vector& log_det) const {
    RationalQuadraticSpline::Knots knots;
    for (std::size_t k = 0; k < couplings_.size(); ++k) {
        const Coupling& c = couplings_[k];
        turn(c, 1.0, x);
        const Matrix raw = (conditions(c, x) * coefficients_[k]).transpose();
        for (Index i = 0; i < x.rows(); ++i) {
            spline_.set(raw.col(i).data(), knots);
            double log_slope = 0.0;
            x(i, c.moved) = spline_.value(knots, x(i, c.moved), log_slope);
            log_det(i) += log_slope;
        }
        turn(c, -1.0, x);
    }
}

void SplineCoupling::pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                               Vector& sum) const {
    RationalQuadraticSpline::Knots knots;
    std::vector<Points> before;  // turned, at the entry of each coupling
    std::vector<Matrix> phi, raw;
    Points at = x;
    for (std::size_t k = 0; k < couplings_.size(); ++k) {
        const Coupling& c = couplings_[k];
        turn(c, 1.0, at);
        before.push_back(at);
        phi.push_back(conditions(c, at));
        raw.emplace_back((phi.back() * coefficients_[k]).transpose());
        for (Index i = 0; i < at.rows(); ++i) {
            spline_.set(raw.back().col(i).data(), knots);
            double log_slope = 0.0;
            at(i, c.moved) = spline_.value(knots, at(i, c.moved), log_slope);
        }
        turn(c, -1.0, at);
    }
    const Index block = basis_ ? basis_->count() * spline_.raw_count() : spline_.raw_count();
    for (std::size_t k = couplings_.size(); k-- > 0;) {
        const Coupling& c = couplings_[k];
        turn(c, 1.0, cotangent);  // of a rotation: the cotangent turns with the points
        Matrix d_raw(spline_.raw_count(), x.rows());
        for (Index i = 0; i < x.rows(); ++i) {
            spline_.set(raw[k].col(i).data(), knots);
            cotangent(i, c.moved) = spline_.pull_back(
                raw[k].col(i).data(), knots, before[k](i, c.moved), cotangent(i, c.moved),
                d_log_det.size() > 0 ? d_log_det(i) : 0.0, d_raw.col(i).data());
        }
        sum.segment(static_cast<Index>(k) * block, block) +=
            (amplitude_ * phi[k].transpose() * d_raw.transpose()).reshaped();
        if (basis_) {
            // ∂φ_m/∂x_j = φ_m (c_mj − x_j)/h_j².
            const Matrix d_phi = (coefficients_[k] * d_raw).transpose().cwiseProduct(phi[k]);
            for (int j = 0; j < basis_->dimension(); ++j) {
                const int axis = c.others[static_cast<std::size_t>(j)];
                const double h = basis_->width(j);
                cotangent.col(axis) += (d_phi * basis_->centres().col(j) -
                                        before[k].col(axis).cwiseProduct(d_phi.rowwise().sum())) /
                                       (h * h);
            }
        }
        turn(c, -1.0, cotangent);
    }
}

void SplineCoupling::invert(Points& u) const {
    RationalQuadraticSpline::Knots knots;
    for (std::size_t k = couplings_.size(); k-- > 0;) {
        const Coupling& c = couplings_[k];
        turn(c, 1.0, u);
        const Matrix raw = (conditions(c, u) * coefficients_[k]).transpose();
        for (Index i = 0; i < u.rows(); ++i) {
            spline_.set(raw.col(i).data(), knots);
            u(i, c.moved) = spline_.inverse(knots, u(i, c.moved));
        }
        turn(c, -1.0, u);
    }
}

}  // namespace anamorph
