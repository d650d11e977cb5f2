// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/scenario.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"

namespace anamorph {
namespace {

using Point = Eigen::Vector2d;

/// One synthetic truth: its map and the log-determinant of its Jacobian, both in closed form.
struct Truth {
    const char* name;
    const char* explanation;
    double range;
    Point (*map)(const Point&);
    double (*log_abs_det)(const Point&);
};

constexpr double kRadialOffset = 0.3;
constexpr double kCompression = 1.15;
constexpr double kSwirlStretch = 3.0;
constexpr double kSwirlWidth = 0.6;
constexpr double kAnisotropyStretch = 4.0;
constexpr double kStepWidth = 0.1;
constexpr double kWavesAngle = 35.0 * std::numbers::pi / 180.0;
constexpr double kWavesStretch = 12.0;

/// log cosh t without overflow.
double log_cosh(double t) {
    const double a = std::abs(t);
    return a + std::log1p(std::exp(-2.0 * a)) - std::numbers::ln2;
}

// f(x) = x (c + r²) has J = (c + r²) I + 2 x xᵀ, so det J = (c + r²)(c + 3 r²).
Point radial(const Point& x) { return x * (kRadialOffset + x.squaredNorm()); }
double radial_log_det(const Point& x) {
    const double r2 = x.squaredNorm();
    return std::log(kRadialOffset + r2) + std::log(kRadialOffset + 3.0 * r2);
}

Point slides(const Point& x) { return x * x.squaredNorm(); }
double slides_log_det(const Point& x) { return std::log(3.0) + 2.0 * std::log(x.squaredNorm()); }

Point compress(const Point& x) {
    return {-std::expm1(-kCompression * x(0)) / kCompression, x(1)};
}
double compress_log_det(const Point& x) { return -kCompression * x(0); }

// f is holomorphic up to a reflection: |f'|² = e^{−2 x₁}.
Point conformal(const Point& x) {
    const double e = std::exp(-x(0));
    return {-e * std::cos(x(1)), e * std::sin(x(1))};
}
double conformal_log_det(const Point& x) { return -2.0 * x(0); }

// A rotation by an angle that depends on |x| alone keeps areas: det J = 3.
Point swirl(const Point& x) {
    const double angle = 0.5 * std::numbers::pi *
                         std::exp(-x.squaredNorm() / (2.0 * kSwirlWidth * kSwirlWidth));
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {c * x(0) - s * x(1), kSwirlStretch * (s * x(0) + c * x(1))};
}
double swirl_log_det(const Point&) { return std::log(kSwirlStretch); }

Point aniso(const Point& x) {
    const double c = std::cos(std::numbers::pi / 6.0);
    const double s = std::sin(std::numbers::pi / 6.0);
    return {c * x(0) - s * x(1), kAnisotropyStretch * (s * x(0) + c * x(1))};
}
double aniso_log_det(const Point&) { return std::log(kAnisotropyStretch); }

Point identity(const Point& x) { return x; }
double identity_log_det(const Point&) { return 0.0; }

Point step(const Point& x) {
    return {3.0 * x(0) + 2.0 * kStepWidth * log_cosh(x(0) / kStepWidth), x(1)};
}
double step_log_det(const Point& x) { return std::log(3.0 + 2.0 * std::tanh(x(0) / kStepWidth)); }

// Crests run at an angle of 35 degrees to the first axis; across them correlation is 12 times shorter.
Point waves(const Point& x) {
    const double c = std::cos(kWavesAngle);
    const double s = std::sin(kWavesAngle);
    return {c * x(0) + s * x(1), kWavesStretch * (c * x(1) - s * x(0))};
}
double waves_log_det(const Point&) { return std::log(kWavesStretch); }

const Truth kTruths[] = {
    {"radial", "The local range shrinks from the centre outwards, by a factor of 7 to 11.", 0.25,
     radial, radial_log_det},
    {"slides", "Radial growth with a singular centre: det J is zero at the origin.", 0.25, slides,
     slides_log_det},
    {"compress", "The range along the first axis is ten times longer in the east.", 0.25, compress,
     compress_log_det},
    {"conformal", "Locally isotropic; the range is 7.4 times longer in the east.", 0.25, conformal,
     conformal_log_det},
    {"swirl", "Anisotropy of up to 8.5 to 1 whose direction turns; det J is 3 everywhere.", 0.4,
     swirl, swirl_log_det},
    {"aniso", "Geometric anisotropy of 4 to 1, turned by 30 degrees.", 0.5, aniso, aniso_log_det},
    {"stationary", "Nothing varies: the identity.", 0.25, identity, identity_log_det},
    {"step", "The range along the first axis changes sharply, fivefold, at x₁ = 0.", 0.4, step,
     step_log_det},
    {"waves", "Long crests at 35 degrees to the first axis: geometric anisotropy of 12 to 1.", 1.2, waves,
     waves_log_det},
};

const Truth* find_truth(const std::string& name) {
    const auto* found = std::find_if(std::begin(kTruths), std::end(kTruths),
                                     [&](const Truth& truth) { return name == truth.name; });
    return found == std::end(kTruths) ? nullptr : found;
}

void require_plane(const Points& x) {
    if (x.cols() != 2) {
        throw Error(ErrorCode::dimension_mismatch,
                    "A scenario lives in 2 dimensions, but the points have " +
                        std::to_string(x.cols()) + ".");
    }
}

}  // namespace

Scenario::Scenario(const std::string& name) : name_(name) {
    if (find_truth(name)) return;
    std::string known;
    for (const auto& each : names()) known += (known.empty() ? "" : ", ") + each;
    throw Error(ErrorCode::bad_input, "There is no scenario “" + name + "”.",
                "The scenarios are: " + known + ".");
}

const std::vector<std::string>& Scenario::names() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> result;
        for (const Truth& truth : kTruths) result.emplace_back(truth.name);
        return result;
    }();
    return all;
}

const std::string& Scenario::explanation() const {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> result;
        for (const Truth& truth : kTruths) result.emplace_back(truth.explanation);
        return result;
    }();
    return all[static_cast<std::size_t>(find_truth(name_) - kTruths)];
}

double Scenario::range() const { return find_truth(name_)->range; }

Points Scenario::deformed_from_geographic(const Points& x) const {
    require_plane(x);
    const Truth* truth = find_truth(name_);
    Points u(x.rows(), 2);
    for (Index i = 0; i < x.rows(); ++i) {
        u.row(i) = truth->map(Point(x(i, 0), x(i, 1))).transpose();
    }
    return u;
}

Vector Scenario::log_abs_det_jacobian(const Points& x) const {
    require_plane(x);
    const Truth* truth = find_truth(name_);
    Vector result(x.rows());
    for (Index i = 0; i < x.rows(); ++i) result(i) = truth->log_abs_det(Point(x(i, 0), x(i, 1)));
    return result;
}

}  // namespace anamorph
