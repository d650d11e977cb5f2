// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/linear.h"

#include <cmath>
#include <initializer_list>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/covariance/symmetric_exponential.h"

namespace anamorph {

namespace {

constexpr double scale_precision = 0.02;       // of the prior 0.02 (s − 1)²
constexpr double anisotropy_precision = 2.0;   // of the prior 2 (p² + q²)

class LinearTape final : public DeformationTape {
public:
    LinearTape(const LinearDeformation& f, const Points& x)
        : f_(f), x_(x), deformed_(f.forward(x)), log_det_(f.log_abs_det(x)) {}
    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }
    [[nodiscard]] Vector pull_back(const Points& g, const Vector& gamma) const override {
        return f_.pull_back_matrix(g.transpose() * x_, gamma.size() > 0 ? gamma.sum() : 0.0);
    }

private:
    LinearDeformation f_;
    Points x_, deformed_;
    Vector log_det_;
};

}  // namespace

namespace {

Matrix on_diagonal(int d, std::initializer_list<double> entries) {
    Matrix e = Matrix::Zero(d, d);
    int j = 0;
    for (const double entry : entries) e(j, j) = entry, ++j;
    return e;
}

Matrix off_diagonal(int d, int a, int b) {
    Matrix e = Matrix::Zero(d, d);
    e(a, b) = e(b, a) = 1.0;
    return e;
}

std::vector<Matrix> scales_of(const Axes& axes) {
    const int d = axes.dimension;
    if (d == 1) return {on_diagonal(1, {1.0})};
    if (d == 2 && axes.last_is_time) return {on_diagonal(2, {1.0, 0.0}), on_diagonal(2, {0.0, 1.0})};
    if (d == 2) return {on_diagonal(2, {1.0, 1.0})};
    if (axes.alike) return {on_diagonal(3, {1.0, 1.0, 1.0})};
    return {on_diagonal(3, {1.0, 1.0, 0.0}), on_diagonal(3, {0.0, 0.0, 1.0})};
}

void add_anisotropy(const Axes& axes, bool mixed, std::vector<Matrix>& generators) {
    const int d = axes.dimension;
    if (d == 2 && axes.last_is_time) {
        if (mixed) generators.push_back(off_diagonal(2, 0, 1));
        return;
    }
    generators.push_back(on_diagonal(d, {1.0, -1.0}));
    generators.push_back(off_diagonal(d, 0, 1));
    if (d == 2 || (axes.last_is_time && !mixed)) return;
    generators.push_back(off_diagonal(d, 0, 2));
    generators.push_back(off_diagonal(d, 1, 2));
    if (axes.alike) generators.push_back(on_diagonal(d, {0.5, 0.5, -1.0}));
}

}  // namespace

LinearDeformation::LinearDeformation(const Axes& axes, bool full, bool mixed)
    : dimension_(axes.dimension), full_(full && axes.dimension > 1), generators_(scales_of(axes)) {
    scale_count_ = static_cast<Index>(generators_.size());
    if (full_) add_anisotropy(axes, mixed, generators_);
    set_parameters(Vector::Zero(static_cast<Index>(generators_.size())));
}

LinearDeformation LinearDeformation::along_axes(const Axes& axes) {
    LinearDeformation f(axes, false);
    const int d = axes.dimension;
    if (d == 1 || (d == 2 && axes.last_is_time)) return f;  // a scale for each already
    f.full_ = true;
    f.generators_.push_back(on_diagonal(d, {1.0, -1.0}));
    if (axes.alike) f.generators_.push_back(on_diagonal(d, {0.5, 0.5, -1.0}));
    f.parameters_.resize(0);
    f.set_parameters(Vector::Zero(static_cast<Index>(f.generators_.size())));
    return f;
}

void LinearDeformation::set_parameters(const Vector& parameters) {
    if (parameters_.size() > 0 && parameters.size() != parameters_.size())
        throw Error(ErrorCode::dimension_mismatch, "A linear deformation in " +
                                                       std::to_string(dimension_) + " dimensions has " +
                                                       std::to_string(parameters_.size()) +
                                                       " parameters.");
    parameters_ = parameters;
    symmetric_ = Matrix::Zero(dimension_, dimension_);
    for (Index k = 0; k < parameters_.size(); ++k) symmetric_ += parameters_(k) * generators_[static_cast<std::size_t>(k)];
    matrix_ = SymmetricExponential(symmetric_).value();
}

std::unique_ptr<Deformation> LinearDeformation::clone() const {
    return std::make_unique<LinearDeformation>(*this);
}

Vector LinearDeformation::log_abs_det(const Points& x) const {
    return Vector::Constant(x.rows(), log_det());
}

Points LinearDeformation::inverse(const Points& u) const {
    return solve_square(matrix_, u.transpose()).transpose();
}

std::unique_ptr<DeformationTape> LinearDeformation::record(const Points& x) const {
    return std::make_unique<LinearTape>(*this, x);
}

Vector LinearDeformation::pull_back_matrix(const Matrix& d_matrix, double d_log_det) const {
    const Matrix d_symmetric = SymmetricExponential(symmetric_).pull_back(d_matrix);
    Vector gradient(parameters_.size());
    for (Index k = 0; k < parameters_.size(); ++k) {
        const Matrix& e = generators_[static_cast<std::size_t>(k)];
        gradient(k) = d_symmetric.cwiseProduct(e).sum() + d_log_det * e.trace();
    }
    return gradient;
}

double LinearDeformation::regulariser(Vector& gradient) const {
    double value = 0.0;
    for (Index k = 0; k < parameters_.size(); ++k) {
        const bool is_scale = k < scale_count();
        const double weight = is_scale ? scale_precision : anisotropy_precision;
        const double t = parameters_(k) - (is_scale ? 1.0 : 0.0);
        value += weight * t * t;
        gradient(k) += 2.0 * weight * t;
    }
    return value;
}

Vector LinearDeformation::prior_precision() const {
    Vector precision = Vector::Constant(parameters_.size(), 2.0 * anisotropy_precision);
    precision.head(scale_count()).setZero();  // weak: only keeps numbers in range
    return precision;
}

}  // namespace anamorph
