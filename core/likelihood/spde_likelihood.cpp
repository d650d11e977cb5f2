// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/spde_likelihood.h"
#include "core/likelihood/trend_profile.h"

#include <cmath>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/likelihood/feature_terms.h"
#include "core/predict/spde_kriging.h"

namespace anamorph {

SpdeLikelihood::Fixed::Fixed(Observations observations, const LikelihoodOptions& options,
                             const Points& x, const Points& domain, double jitter_)
    : data(std::move(observations)),
      jitter(jitter_),
      completed(spde_smoothness(options.spde_alpha, static_cast<int>(x.cols())) == Smoothness::half),
      mesh(domain, options.mesh_edge, options.mesh_border),
      sites(mesh, x) {
    const Index n = data.values.size();
    if (x.rows() != n || (data.trend.cols() > 0 && data.trend.rows() != n))
        throw Error(ErrorCode::dimension_mismatch,
                    std::to_string(x.rows()) + " sites and " + std::to_string(data.trend.rows()) +
                        " rows of the trend for " + std::to_string(n) + " values.");
    if (data.trend.cols() == 0) data.trend.resize(n, 0);
    if (data.noise_scale.size() == 0) data.noise_scale = Vector::Ones(n);
    pattern = std::make_shared<SpdePattern>(
        std::make_shared<FiniteElements>(mesh.dimension(), mesh.vertex_count(), mesh.simplices()),
        options.spde_alpha);
    if (options.spde_basis > 0)
        variation = std::make_unique<SpdeVariation>(
            options.spde_basis, options.spde_alpha, pattern->elements->centroids(mesh.vertices()),
            mesh.vertices());
    place.resize(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < place.size(); ++i)
        for (int a = 0, at = 0; a < sites.corners; ++a)
            for (int b = 0; b <= a; ++b, ++at)
                place[i][static_cast<std::size_t>(at)] =
                    static_cast<std::int32_t>(pattern->precision_pattern->position(
                        sites.vertex[i][static_cast<std::size_t>(a)],
                        sites.vertex[i][static_cast<std::size_t>(b)]));
}

namespace {

/// Refuses before the mesh is made.
const LikelihoodOptions& checked(const LikelihoodOptions& options, Smoothness smoothness,
                                 Index dimension) {
    const Smoothness fixed = spde_smoothness(options.spde_alpha, static_cast<int>(dimension));
    if (smoothness != fixed)
        throw Error(ErrorCode::unsupported,
                    "An SPDE of order " + std::to_string(options.spde_alpha) + " in " +
                        std::to_string(dimension) + (dimension == 1 ? " dimension" : " dimensions") +
                        " has smoothness " + to_string(fixed) + ", not " + to_string(smoothness) + ".",
                    "Choose smoothness " + to_string(fixed) + " or another likelihood.");
    return options;
}

}  // namespace

SpdeLikelihood::SpdeLikelihood(Observations observations, Smoothness smoothness,
                               const LikelihoodOptions& options, const Points& sites,
                               double jitter)
    : SpdeLikelihood(std::move(observations), smoothness, options, sites, sites, jitter) {}

SpdeLikelihood::SpdeLikelihood(Observations observations, Smoothness smoothness,
                               const LikelihoodOptions& options, const Points& sites,
                               const Points& domain, double jitter)
    : fixed_(std::make_shared<Fixed>(std::move(observations),
                                     checked(options, smoothness, sites.cols()), sites, domain, jitter)),
      values_(fixed_->data.values),
      precision_(fixed_->pattern),
      factor_(fixed_->pattern->precision_pattern),
      prior_(factor_) {
    check_factor_size(factor_, "Give a longer mesh edge.");
}

SpdeLikelihood::SpdeLikelihood(const SpdeLikelihood& o)
    : Likelihood(o), fixed_(o.fixed_), values_(o.values_), precision_(o.precision_), factor_(o.factor_), prior_(o.prior_) {}

std::unique_ptr<Likelihood> SpdeLikelihood::clone() const {
    return std::unique_ptr<Likelihood>(new SpdeLikelihood(*this));
}

bool SpdeLikelihood::replace_values(const Vector& values) {
    if (values.size() != values_.size()) return false;
    values_ = values;
    return true;
}

/// Q.
bool SpdeLikelihood::assemble(const SiteFeatures& features) {
    if (!fixed_->variation) return precision_.assemble(features.auxiliary, nullptr, {});
    const Index count = fixed_->variation->parameter_count();
    const Vector weights = features.coefficients.size() == 0 ? Vector::Zero(count) : features.coefficients;
    if (weights.size() != count || !weights.allFinite()) return false;
    Vector log_tau;
    fixed_->variation->evaluate(weights, coefficients_, log_tau);
    return coefficients_.kappa_squared.allFinite() && coefficients_.diffusion.allFinite() &&
           precision_.assemble(features.auxiliary, &coefficients_, log_tau);
}

/// Aᵀ diag(weights) A on the pattern of Q.
Vector SpdeLikelihood::between_sites(const Vector& weights) const {
    const MeshProjection& sites = fixed_->sites;
    Vector values = Vector::Zero(fixed_->pattern->precision_pattern->entries());
    for (std::size_t i = 0; i < fixed_->place.size(); ++i)
        for (std::size_t a = 0, at = 0; a < static_cast<std::size_t>(sites.corners); ++a)
            for (std::size_t b = 0; b <= a; ++b, ++at)
                values(fixed_->place[i][at]) +=
                    sites.weight[i][a] * sites.weight[i][b] * weights(static_cast<Index>(i));
    return values;
}

/// The diagonal of A M Aᵀ, M on the pattern of Q.
Vector SpdeLikelihood::diagonal_at_sites(const Vector& matrix) const {
    const MeshProjection& sites = fixed_->sites;
    Vector diagonal = Vector::Zero(static_cast<Index>(fixed_->place.size()));
    for (std::size_t i = 0; i < fixed_->place.size(); ++i)
        for (std::size_t a = 0, at = 0; a < static_cast<std::size_t>(sites.corners); ++a)
            for (std::size_t b = 0; b <= a; ++b, ++at)
                diagonal(static_cast<Index>(i)) += (a == b ? 1.0 : 2.0) * sites.weight[i][a] *
                                                   sites.weight[i][b] * matrix(fixed_->place[i][at]);
    return diagonal;
}

/// D, Q and the factor of W.
bool SpdeLikelihood::factorise(const SiteFeatures& features, double log_nugget_ratio) {
    const Observations& data = fixed_->data;
    if (!std::isfinite(log_nugget_ratio)) return false;
    Vector scale;
    if (!site_noise_scale(data, features, scale)) return false;
    noise_ = std::exp(log_nugget_ratio) * scale.array() + fixed_->jitter;
    if (!assemble(features)) return false;
    missing_.resize(0);
    if (fixed_->completed) {
        if (!prior_.factorise(precision_.values())) return false;
        prior_.compute_selected_inverse();
        missing_ = (1.0 - diagonal_at_sites(prior_.inverse_on_pattern()).array()).max(0.0);
        noise_ += missing_;
    }
    const Vector information = noise_.cwiseInverse();
    if (!noise_.allFinite() || !(noise_.minCoeff() > 0.0) || !information.allFinite()) return false;
    return factor_.factorise(precision_.values() + between_sites(information));
}

bool SpdeLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio, bool gradient,
                              ProfiledValue& out) {
    const Index n = fixed_->data.values.size();
    if (!factorise(features, log_nugget_ratio)) return false;
    const double half_log_det = 0.5 * (factor_.log_determinant() - precision_.log_determinant() +
                                       noise_.array().log().sum());

    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (!solve_trend(out)) return false;
    if (!profile_value(half_log_det, features.log_scale, n, fixed_partial_sill_, out))
        return false;
    if (!gradient) return true;
    contract_gradient(features, out);
    return out.d_auxiliary.allFinite() && out.d_coefficients.allFinite();
}

bool SpdeLikelihood::solve_trend(ProfiledValue& out) {
    const Observations& data = fixed_->data;
    const Index q = data.trend.cols();
    scaled_ = scaled_columns(values_, data.trend, scale_);
    const Vector inverse_noise = noise_.cwiseInverse();
    posterior_ = fixed_->sites.multiply_transposed(scaled_, inverse_noise, factor_.size());
    factor_.solve(posterior_);
    weights_ = inverse_noise.asDiagonal() * (scaled_ - fixed_->sites.multiply(posterior_));

    if (!profile_trend(scaled_, weights_, residual_, dual_, trend_information_inverse_, out))
        return false;
    mean_ = posterior_.col(0);
    if (q > 0) mean_ -= posterior_.rightCols(q) * out.trend_coefficients;
    return true;
}

void SpdeLikelihood::contract_gradient(const SiteFeatures& features, ProfiledValue& out) {
    const Observations& data = fixed_->data;
    const SymmetricPattern& pattern = *fixed_->pattern->precision_pattern;
    const Index n = data.values.size(), q = data.trend.cols();
    const double sill = out.partial_sill;
    factor_.compute_selected_inverse();
    Vector s = factor_.inverse_on_pattern();

    // Diagonal of C⁻¹, for the nugget and leave-one-out, and the derivative with respect to D.
    const Vector inverse_diagonal =
        (1.0 - diagonal_at_sites(s).array() / noise_.array()) / noise_.array();
    const Vector d_noise = 0.5 * (inverse_diagonal.array() - dual_.array().square() / sill);
    Vector nugget = noise_.array() - fixed_->jitter;
    if (missing_.size() > 0) nugget -= missing_;
    out.d_log_nugget_ratio = nugget.dot(d_noise);
    if (features.log_noise.size() > 0)
        out.d_log_noise = nugget.cwiseProduct(d_noise);
    else
        out.d_log_noise.resize(0);
    if (missing_.size() > 0) {
        // ∂(1 − aᵀQ⁻¹a) = aᵀQ⁻¹ ∂Q Q⁻¹a, where it is positive.
        const Vector weights = (missing_.array() > 0.0).select(d_noise, 0.0);
        s += 2.0 * prior_.inverse_product_on_pattern(between_sites(weights));
    }
    for (Index j = 0; j < pattern.size; ++j)
        for (auto e = pattern.column_start[static_cast<std::size_t>(j)];
             e < pattern.column_start[static_cast<std::size_t>(j) + 1]; ++e)
            s(e) += mean_(pattern.row[static_cast<std::size_t>(e)]) * mean_(j) / sill;
    Vector d_log_tau;
    if (fixed_->variation) {
        ElementCoefficients d_coefficients;
        precision_.pull_back(s, features.auxiliary, &coefficients_, out.d_auxiliary,
                             &d_coefficients, d_log_tau);
        const Index count = fixed_->variation->parameter_count();
        out.d_coefficients = fixed_->variation->pull_back(
            features.coefficients.size() == 0 ? Vector::Zero(count) : features.coefficients,
            d_coefficients, d_log_tau);
    } else {
        precision_.pull_back(s, features.auxiliary, nullptr, out.d_auxiliary, nullptr, d_log_tau);
        out.d_coefficients.resize(0);
    }
    out.d_deformed = Points::Zero(n, features.auxiliary.cols());
    if (features.log_scale.size() > 0)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / sill;
    else
        out.d_log_scale.resize(0);

    Vector precision = inverse_diagonal;
    if (q > 0) {
        const auto w = weights_.rightCols(q);
        precision -= (w * trend_information_inverse_).cwiseProduct(w).rowwise().sum();
    }
    precision = precision.cwiseMax(1e-300);
    out.leave_one_out_residual = dual_.array() / (precision.array() * sill).sqrt();
    out.leave_one_out_variance = sill * scale_.array().square() / precision.array();
}

Vector SpdeLikelihood::correlation(const SiteFeatures& features, const Points& site,
                                   const Points& at) const {
    SpdeLikelihood mine(*this);
    if (!mine.assemble(features) || !mine.factor_.factorise(mine.precision_.values())) return {};
    const Index k = factor_.size();
    const MeshProjection from(mesh(), site), to(mesh(), at);
    Vector column = from.multiply_transposed(Matrix::Ones(1, 1), Vector::Ones(1), k);
    mine.factor_.solve(column);
    mine.factor_.compute_selected_inverse();
    const double own = from.multiply(column)(0, 0);
    Vector result = to.multiply(column);
    for (Index i = 0; i < result.size(); ++i) {
        const double variance = to.quadratic_form(
            i, [&](Index v, Index w) { return mine.factor_.inverse_at(v, w); });
        result(i) = variance > 0.0 && own > 0.0 ? result(i) / std::sqrt(variance * own) : 0.0;
    }
    return result;
}

std::unique_ptr<const KrigingSystem> SpdeLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    SpdeLikelihood at(*this);
    ProfiledValue value;
    if (!at.evaluate(features, log_nugget_ratio, false, value)) return nullptr;
    at.factor_.compute_selected_inverse();
    const Index q = fixed_->data.trend.cols();
    std::optional<SparseCholesky> prior;
    if (fixed_->completed) prior.emplace(std::move(at.prior_));
    return std::make_unique<SpdeKriging>(SpdeKriging::Posterior{
        std::shared_ptr<const Mesh>(fixed_, &fixed_->mesh), std::move(at.factor_), std::move(prior),
        std::move(at.mean_), at.posterior_.rightCols(q), std::move(at.trend_information_inverse_),
        value.trend_coefficients, value.partial_sill, std::exp(log_nugget_ratio)});
}

}  // namespace anamorph
