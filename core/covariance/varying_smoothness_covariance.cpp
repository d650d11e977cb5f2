// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/varying_smoothness_covariance.h"

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/covariance/kernel_pair.h"
#include "core/covariance/matern_surface.h"
#include "core/covariance/pair_row_loops.h"

namespace anamorph {

namespace {

using namespace kernel_pairs;

const double middle = 0.5 * (std::log(MaternSurface::least_smoothness) + std::log(MaternSurface::greatest_smoothness));
const double smoothness_reach = std::log(MaternSurface::greatest_smoothness) - middle;
constexpr Index longest_period = 8;

/// log ν = b(z) and its derivative.
struct Smooth {
    double log_nu, nu, slope;
    explicit Smooth(double z) {
        const double t = std::tanh((z - middle) / smoothness_reach);
        log_nu = middle + smoothness_reach * t;
        // Rounding must not leave the bounds of the table.
        nu = std::clamp(std::exp(log_nu), MaternSurface::least_smoothness, MaternSurface::greatest_smoothness);
        slope = 1.0 - t * t;
    }
};

template <int d>
struct Site {
    Smooth smooth{middle};
    double half_log_gamma = 0.0;  // ½ log Γ(ν)
    Kernel<d> kernel;

    Site() = default;
    Site(const double* const* features, Index p, double centre, double centre_log_nu)
        : smooth(centre + features[d + VaryingSmoothnessCovariance::smoothness_feature(d)][p]),
          half_log_gamma(0.5 * gsl_sf_lngamma(smooth.nu)),
          kernel(features + d, p, 0.5 * (centre_log_nu - smooth.log_nu)) {}
};

/// What one pair's covariance is made of: C = factor · M(√Q, ν̄), and its logarithm's derivatives.
struct PairTerms {
    double value = 0.0;
    double by_squared = 0.0;     // ∂C/∂Q
    double by_mean_nu = 0.0;     // ∂C/∂ν̄ of M alone
};

constexpr double least_squared = 1e-14;  // distances below 1e-7 count as 1e-7 in the derivative by Q

template <int d>
double pair_value(const Site<d>& i, const Site<d>& j, const Joint<d>& joint) {
    const double nu = 0.5 * (i.smooth.nu + j.smooth.nu), h = std::sqrt(joint.squared);
    const double log_gammas = i.half_log_gamma + j.half_log_gamma;
    const double factor = joint.factor(i.kernel, j.kernel);
    if (h > 0.0) return factor * std::exp(-log_gammas) * MaternSurface::instance().value(h, nu);
    return factor * (i.smooth.nu == j.smooth.nu ? 1.0 : std::exp(gsl_sf_lngamma(nu) - log_gammas));
}

template <int d>
PairTerms pair_with_derivatives(const Site<d>& i, const Site<d>& j, const Joint<d>& joint) {
    const double nu = 0.5 * (i.smooth.nu + j.smooth.nu), h = std::sqrt(joint.squared);
    const double log_gammas = i.half_log_gamma + j.half_log_gamma;
    const double factor = joint.factor(i.kernel, j.kernel);
    PairTerms pair;
    if (h > 0.0) {
        const auto m = MaternSurface::instance().with_derivatives(h, nu);
        const double f = factor * std::exp(-log_gammas);
        pair.value = f * m.value;
        pair.by_squared = f * m.by_log_distance / (2.0 * std::max(joint.squared, least_squared));
        pair.by_mean_nu = f * m.by_smoothness;
    } else {
        pair.value = factor * std::exp(gsl_sf_lngamma(nu) - log_gammas);
        pair.by_mean_nu = pair.value * gsl_sf_psi(nu);
    }
    return pair;
}

}  // namespace

VaryingSmoothnessCovariance::VaryingSmoothnessCovariance(int dimension, double centre)
    : dimension_(dimension), centre_(centre) {
    if (dimension < 1 || dimension > 3)
        throw Error(ErrorCode::unsupported, "A process convolution has one to three dimensions.");
    (void)MaternSurface::instance();  // computed here, not among threads
}

PairCovariancePointer VaryingSmoothnessCovariance::with(const Vector& coefficients) const {
    if (coefficients.size() != 1 || !coefficients.allFinite())
        throw Error(ErrorCode::dimension_mismatch, "A smoothness that varies has one coefficient, its middle.");
    return std::make_shared<VaryingSmoothnessCovariance>(dimension_, coefficients(0));
}

void VaryingSmoothnessCovariance::correlations(const PairRow& row, double* rho) const {
    const double centre_log_nu = Smooth(centre_).log_nu;
    in_dimension(dimension_, [&]<int d>() {
        Site<d> own[longest_period];
        for (Index l = 0; l < row.period; ++l) own[l] = Site<d>(row.own, l, centre_, centre_log_nu);
        for (Index p = 0; p < row.count; ++p) {
            const Index l = p % row.period;
            const Site<d> other(row.others, p, centre_, centre_log_nu);
            rho[p] = pair_value<d>(own[l], other, Joint<d>(own[l].kernel, other.kernel, difference<d>(row, p, l)));
        }
    });
}

void VaryingSmoothnessCovariance::pull_back(const PairRow& row, const double* weight, double* const* d_own,
                                            double* const* d_others, double* d_natural) const {
    const Smooth centre(centre_);
    in_dimension(dimension_, [&]<int d>() {
        const Index f = d + smoothness_feature(d);
        Site<d> own[longest_period];
        double psi_own[longest_period];
        for (Index l = 0; l < row.period; ++l) {
            own[l] = Site<d>(row.own, l, centre_, centre.log_nu);
            psi_own[l] = gsl_sf_psi(own[l].smooth.nu);
        }
        for (Index p = 0; p < row.count; ++p) {
            if (weight[p] == 0.0) continue;
            const Index l = p % row.period;
            const Site<d> other(row.others, p, centre_, centre.log_nu);
            const Joint<d> joint(own[l].kernel, other.kernel, difference<d>(row, p, l));
            const PairTerms pair = pair_with_derivatives<d>(own[l], other, joint);
            const double value = weight[p] * pair.value, slope = weight[p] * pair.by_squared;
            const Column<d> d_delta = 2.0 * slope * joint.v;
            for (int a = 0; a < d; ++a) {
                d_others[a][p] += d_delta(a);
                d_own[a][l] -= d_delta(a);
            }
            // dC = ∂C/∂Q dQ + C (½ dlog|Lᵢ| + ½ dlog|Lⱼ| − ½ tr A⁻¹dA), dQ = −vᵀdA v, dA = ½ dΣ.
            const Small<d> d_matrix = -0.5 * slope * joint.v * joint.v.transpose() - 0.25 * value * joint.inverse;
            const auto add = [&](const Site<d>& site, double psi, double* const* d_features, Index q) {
                site.kernel.pull_back(d_matrix, 0.5 * value, d_features + d, q);
                const double by_length = site.kernel.by_log_length(d_matrix, 0.5 * value);
                // log νᵢ moves ν̄, Γ(νᵢ) and, by −½, the kernel's length.
                const double by_log_nu =
                    0.5 * site.smooth.nu * (weight[p] * pair.by_mean_nu - value * psi) - 0.5 * by_length;
                d_features[f][q] += by_log_nu * site.smooth.slope;
                d_natural[0] += by_log_nu * site.smooth.slope + 0.5 * by_length * centre.slope;
            };
            add(own[l], psi_own[l], d_own, l);
            add(other, gsl_sf_psi(other.smooth.nu), d_others, p);
        }
    });
}

double VaryingSmoothnessCovariance::smoothness() const { return Smooth(centre_).nu; }

double VaryingSmoothnessCovariance::practical_range_factor() const {
    const double nu = smoothness(), target = 0.05 * gsl_sf_gamma(nu);
    double low = 0.0, high = 1.0;
    while (MaternSurface::instance().value(high, nu) > target) high *= 2.0;
    for (int i = 0; i < 100 && high - low > 1e-13 * high; ++i) {
        const double h = 0.5 * (low + high);
        (MaternSurface::instance().value(h, nu) > target ? low : high) = h;
    }
    return 0.5 * (low + high);
}

std::string VaryingSmoothnessCovariance::label() const {
    char text[80];
    std::snprintf(text, sizeof text, "Matérn, ν about %.2f, smoothness and kernels that vary", smoothness());
    return text;
}

Vector VaryingSmoothnessCovariance::smoothness_of(const Matrix& local) const {
    Vector nu(local.rows());
    for (Index i = 0; i < local.rows(); ++i) nu(i) = Smooth(centre_ + local(i, smoothness_feature(dimension_))).nu;
    return nu;
}

}  // namespace anamorph
