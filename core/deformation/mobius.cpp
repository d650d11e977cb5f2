// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/mobius.h"

#include <cmath>

#include "core/base/error.h"

namespace anamorph {

namespace {

using Complex = std::complex<double>;

constexpr double largest_bending = 0.5;   // |c| stays below
constexpr double nearest_to_pole = 1e-6;  // |1 + c z| is taken to be at least that

int checked(int dimension) {
    if (dimension != 2)
        throw Error(ErrorCode::unsupported, "A Möbius transformation maps the plane and needs two dimensions.");
    return dimension;
}

/// 1 + c z, kept off zero so that the pole itself is a point far away.
Complex denominator(Complex c, Complex z) {
    const Complex value = 1.0 + c * z;
    const double size = std::abs(value);
    if (size >= nearest_to_pole) return value;
    return size > 0.0 ? value * (nearest_to_pole / size) : Complex(nearest_to_pole, 0.0);
}

}  // namespace

Mobius::Mobius(int dimension, double ridge)
    : Layer("Möbius", checked(dimension), Vector::Constant(6, 2.0 * ridge)) {
    Mobius::parameters_changed();
}

std::unique_ptr<Deformation> Mobius::clone() const { return std::make_unique<Mobius>(*this); }

void Mobius::parameters_changed() {
    const Vector theta = parameters();
    growth_ = std::exp(Complex(theta(0), theta(1)));
    b_ = Complex(theta(2), theta(3));
    const Complex kappa(theta(4), theta(5));
    c_ = largest_bending * kappa / std::sqrt(1.0 + std::norm(kappa));
}

void Mobius::map(Points& x, Vector& log_det) const {
    for (Index i = 0; i < x.rows(); ++i) {
        const Complex z(x(i, 0), x(i, 1)), d = denominator(c_, z), f = b_ + growth_ * z / d;
        x.row(i) << f.real(), f.imag();
        // A conformal map stretches by |f'| in both directions.
        log_det(i) += 2.0 * std::log(std::abs(growth_ / (d * d)));
    }
}

/// For a holomorphic map the cotangent ḡ of f (as a complex number) becomes conj(f') ḡ; the same for
/// each complex parameter.
void Mobius::pull_back(const Points& x, Points& cotangent, const Vector& d_log_det,
                       Vector& sum) const {
    Complex d_alpha = 0.0, d_b = 0.0, d_c = 0.0;
    for (Index i = 0; i < x.rows(); ++i) {
        const Complex z(x(i, 0), x(i, 1)), d = denominator(c_, z), g(cotangent(i, 0), cotangent(i, 1));
        const Complex image = growth_ * z / d;
        Complex d_z = std::conj(growth_ / (d * d)) * g;
        d_alpha += std::conj(image) * g;
        d_b += g;
        d_c += std::conj(-image * z / d) * g;
        if (d_log_det.size() > 0) {
            // log|det J| = 2 Re α − 4 Re log(1 + c z).
            d_alpha += 2.0 * d_log_det(i);
            d_z -= 4.0 * d_log_det(i) * std::conj(c_ / d);
            d_c -= 4.0 * d_log_det(i) * std::conj(z / d);
        }
        cotangent.row(i) << d_z.real(), d_z.imag();
    }
    const Vector theta = parameters();
    const double k1 = theta(4), k2 = theta(5), size = std::sqrt(1.0 + k1 * k1 + k2 * k2);
    const double along = largest_bending / (size * size * size) * (k1 * d_c.real() + k2 * d_c.imag());
    sum(0) += d_alpha.real();
    sum(1) += d_alpha.imag();
    sum(2) += d_b.real();
    sum(3) += d_b.imag();
    sum(4) += largest_bending / size * d_c.real() - k1 * along;
    sum(5) += largest_bending / size * d_c.imag() - k2 * along;
}

void Mobius::invert(Points& u) const {
    for (Index i = 0; i < u.rows(); ++i) {
        const Complex w = (Complex(u(i, 0), u(i, 1)) - b_) / growth_;
        const Complex z = w / denominator(-c_, w);
        u.row(i) << z.real(), z.imag();
    }
}

}  // namespace anamorph
