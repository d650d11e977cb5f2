// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/student_noise.h"

#include <gsl/gsl_sf_psi.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/data/gauss_rules.h"
#include "core/data/summary_statistics.h"

namespace anamorph {

namespace {

constexpr double outlying_squared = 9.0;   // E[ε²]/τ² of an outlier
constexpr double median_of_chi_squared = 0.4549;  // with one degree of freedom
constexpr double least_starting_ratio = 0.5;      // of the nugget to the partial sill
constexpr double least_tail = 1e-300, largest_residual = 37.0;

Vector fitted_rows(const Vector& all, const ModelState& model) {
    return model.rows ? Vector(all(*model.rows)) : all;
}

}  // namespace

bool has_student_noise(const ModelSpecification& s) { return s.noise == NoiseKind::student; }

double student_penalty(const Vector& weights, double nu) {
    if (weights.size() == 0) return 0.0;
    const double prior = 0.5 * nu, shape = 0.5 * (nu + 1.0);
    const double psi = gsl_sf_psi(shape);
    // KL of Gamma(shape, rate) from Gamma(prior, prior), rate = shape/E[w]; and ½(log E[w] − E[log w]).
    const double fixed = (shape - prior) * psi - std::lgamma(shape) + std::lgamma(prior) +
                         prior * (std::log(shape) - std::log(prior)) - shape +
                         0.5 * (std::log(shape) - psi);
    return static_cast<double>(weights.size()) * fixed - prior * weights.array().log().sum() +
           prior * weights.sum();
}

Vector site_noise_variance(const ModelState& model, double partial_sill, bool with_noise_weights) {
    const SpatialDataset& data = *model.dataset;
    Vector variance = Vector::Constant(data.size(), partial_sill * std::exp(model.log_nugget_ratio));
    if (data.weights.size() > 0) variance.array() /= data.weights.array();
    if (with_noise_weights && model.noise_weights.size() > 0)
        variance.array() /= model.noise_weights.array();
    if (!model.log_scale_basis && !model.log_noise_basis) return fitted_rows(variance, model);
    const Points x = model.standardisation.standardised(data.coordinates);
    if (model.log_scale_basis)
        variance.array() *= (model.log_scale_basis->values(x) * model.log_scale_coefficients).array().exp();
    if (model.log_noise_basis)
        variance.array() *= (model.log_noise_basis->values(x) * model.log_noise_coefficients).array().exp();
    return fitted_rows(variance, model);
}

void start_noise_weights(ModelState& model, const ProfiledValue& profiled) {
    const Vector squared = profiled.leave_one_out_residual.cwiseAbs2();
    if (squared.size() == 0 || !squared.allFinite()) return;
    std::vector<double> sorted(squared.begin(), squared.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const double scale = std::max(*middle / median_of_chi_squared, 1e-12);
    const double nu = model.specification.degrees_of_freedom;
    for (Index i = 0; i < squared.size(); ++i) {
        const Index row = model.rows ? (*model.rows)[static_cast<std::size_t>(i)] : i;
        model.noise_weights(row) = (nu + 1.0) / (nu + squared(i) / scale);
    }
    model.log_nugget_ratio = std::max(model.log_nugget_ratio, std::log(least_starting_ratio));
}

double update_noise_weights(ModelState& model, const ProfiledValue& profiled) {
    const Vector noise = site_noise_variance(model, profiled.partial_sill, true);
    if (profiled.leave_one_out_residual.size() != noise.size())
        throw Error(ErrorCode::unsupported,
                    "Student noise needs the likelihood's leave-one-out errors, which this one does not give.",
                    "Use the exact likelihood or Vecchia's approximation.");
    const double nu = model.specification.degrees_of_freedom;
    double change = 0.0;
    for (Index i = 0; i < noise.size(); ++i) {
        const Index row = model.rows ? (*model.rows)[static_cast<std::size_t>(i)] : i;
        const double v = std::max(profiled.leave_one_out_variance(i), noise(i));
        const double e = profiled.leave_one_out_residual(i) * std::sqrt(v);
        const double mean = noise(i) * e / v, variance = noise(i) - noise(i) * noise(i) / v;
        const double old = model.noise_weights(row), scale = noise(i) * old;  // τ²
        const double now = (nu + 1.0) / (nu + (mean * mean + variance) / scale);
        if (!std::isfinite(now) || !(now > 0.0)) continue;
        change = std::max(change, std::abs(std::log(now / old)));
        model.noise_weights(row) = now;
    }
    return change;
}

namespace {

struct MixtureAt {
    double density = 0.0, below = 0.0, above = 0.0;
};

MixtureAt mixture_at(double error, double signal, double noise, const NoiseMixture& mixture) {
    MixtureAt at;
    for (Index k = 0; k < mixture.scale.size(); ++k) {
        const double sd = std::sqrt(std::max(signal + noise * mixture.scale(k), 1e-300));
        at.density += mixture.share(k) * normal_density(error / sd) / sd;
        at.below += mixture.share(k) * normal_cdf(error / sd);
        at.above += mixture.share(k) * normal_cdf(-error / sd);
    }
    return at;
}

}  // namespace

Vector student_log_density(const Vector& error, const Vector& signal, const Vector& noise,
                           const NoiseMixture& mixture) {
    Vector out(error.size());
    for (Index i = 0; i < out.size(); ++i)
        out(i) = std::log(std::max(mixture_at(error(i), signal(i), noise(i), mixture).density, least_tail));
    return out;
}

StudentLeaveOneOut student_leave_one_out(const ModelState& model, const ProfiledValue& profiled) {
    const Vector weighted = site_noise_variance(model, profiled.partial_sill, true);
    StudentLeaveOneOut out;
    const Vector& v = profiled.leave_one_out_variance;
    if (v.size() != weighted.size()) return out;
    out.noise_variance = site_noise_variance(model, profiled.partial_sill, false);
    out.error = profiled.leave_one_out_residual.cwiseProduct(v.cwiseSqrt());
    out.signal_variance = (v - weighted).cwiseMax(0.0);
    const NoiseMixture mixture = student_mixture(model.specification.degrees_of_freedom);
    out.log_density = student_log_density(out.error, out.signal_variance, out.noise_variance, mixture);
    out.normal_residual.resize(v.size());
    for (Index i = 0; i < v.size(); ++i) {
        const MixtureAt at = mixture_at(out.error(i), out.signal_variance(i), out.noise_variance(i), mixture);
        const bool lower = at.below < 0.5;
        const double tail = lower ? at.below : at.above;
        const double quantile = tail > least_tail && tail < 1.0 ? standard_normal_quantile(tail) : -largest_residual;
        out.normal_residual(i) = lower ? quantile : -quantile;
    }
    return out;
}

const Vector& noise_weights(const FittedModel& model) { return model.state().noise_weights; }

std::vector<Outlier> outliers(const FittedModel& model) {
    const ModelState& s = model.state();
    std::vector<Outlier> found;
    if (s.noise_weights.size() == 0) return found;
    const double nu = s.specification.degrees_of_freedom;
    const double limit = (nu + 1.0) / (nu + outlying_squared);
    const Vector& residual = s.leave_one_out_residuals;
    for (Index i = 0; i < s.noise_weights.size(); ++i)
        if (s.noise_weights(i) < limit)
            found.push_back({i, s.noise_weights(i),
                             residual.size() == s.noise_weights.size() ? residual(i) : 0.0});
    std::stable_sort(found.begin(), found.end(),
                     [](const Outlier& a, const Outlier& b) { return a.weight < b.weight; });
    return found;
}

}  // namespace anamorph
