// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/tapered_likelihood.h"

#include <omp.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/sites_in_range.h"
#include "core/likelihood/trend_profile.h"
#include "core/predict/tapered_kriging.h"

namespace anamorph {

namespace {

// The pattern reaches this much beyond the taper range, so that a deformation can change a little
// without a new analysis.
constexpr double margin = 0.04;

[[nodiscard]] Index column_first(const SymmetricPattern& p, Index j) {
    return p.column_start[static_cast<std::size_t>(j)];
}

/// True where `all` holds every entry of `some`; both of one size.
bool holds(const SymmetricPattern& all, const SymmetricPattern& some) {
    bool held = true;
#pragma omp parallel for schedule(static) reduction(&& : held) if (some.size > 500)
    for (Index j = 0; j < some.size; ++j)
        held = held && std::includes(all.row.begin() + column_first(all, j),
                                     all.row.begin() + column_first(all, j + 1),
                                     some.row.begin() + column_first(some, j),
                                     some.row.begin() + column_first(some, j + 1));
    return held;
}

/// A b for a symmetric A on a pattern, values in the order of its entries.
Matrix multiply(const SymmetricPattern& p, const Vector& values, const Matrix& b) {
    Matrix product = Matrix::Zero(b.rows(), b.cols());
    for (Index c = 0; c < b.cols(); ++c)
        for (Index j = 0; j < p.size; ++j) {
            double sum = values(column_first(p, j)) * b(j, c);
            for (Index k = column_first(p, j) + 1; k < column_first(p, j + 1); ++k) {
                const Index i = p.row[static_cast<std::size_t>(k)];
                sum += values(k) * b(i, c);
                product(i, c) += values(k) * b(j, c);
            }
            product(j, c) += sum;
        }
    return product;
}

/// ρ, T and their derivatives at a column's pairs.
struct PairTerms {
    std::vector<double> s, rho, rho_derivative, taper, taper_derivative;

    void at(const Points& u, Index j, const std::int32_t* row, Index count,
            const TaperedCorrelation& correlation_of) {
        const auto size = static_cast<std::size_t>(count);
        for (auto* v : {&s, &rho, &rho_derivative, &taper, &taper_derivative})
            if (v->size() < size) v->resize(size);
        squared_distances_of(u, j, row, count, s.data());
        correlation(correlation_of.smoothness, s.data(), count, rho.data());
        correlation_derivative(correlation_of.smoothness, s.data(), count, rho_derivative.data());
        for (std::size_t i = 0; i < size; ++i) taper[i] = correlation_of.squared_factor * s[i];
        anamorph::taper_derivative(correlation_of.taper, taper.data(), count, taper_derivative.data());
        anamorph::taper(correlation_of.taper, taper.data(), count, taper.data());
    }
};

}  // namespace

TaperedLikelihood::TaperedLikelihood(Observations observations, Smoothness smoothness,
                                     const LikelihoodOptions& options, const Points& sites,
                                     double jitter)
    : data_(std::move(observations)),
      smoothness_(smoothness),
      form_(options.taper_form),
      jitter_(jitter) {
    const Index n = data_.values.size();
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
    if (sites.rows() != n || data_.trend.rows() != n || data_.noise_scale.size() != n)
        throw Error(ErrorCode::dimension_mismatch, "Sites, values, trend and weights differ in number.");
    if (sites.cols() > 3)
        throw Error(ErrorCode::unsupported,
                    "Tapers are positive definite in up to three dimensions only.",
                    "Choose the exact likelihood or Vecchia's.");
    if (!sites.allFinite()) throw Error(ErrorCode::not_finite, "A site's coordinates are not finite.");
    range_.spread = root_mean_square_spread(sites);
    if (!(range_.spread > 0.0)) throw Error(ErrorCode::bad_input, "All sites coincide.");
    range_.range = options.taper_range > 0.0 ? options.taper_range
                                             : range_holding(sites, sites_in_taper_by_default);
    correlation_.smoothness = smoothness;
    correlation_.taper = taper_for(smoothness);
}

TaperedLikelihood::TaperedLikelihood(const TaperedLikelihood& other)
    : Likelihood(other),
      data_(other.data_),
      smoothness_(other.smoothness_),
      form_(other.form_),
      jitter_(other.jitter_),
      range_(other.range_),
      correlation_(other.correlation_),
      cholesky_(other.cholesky_),
      analysed_at_(other.analysed_at_) {}

std::unique_ptr<Likelihood> TaperedLikelihood::clone() const {
    return std::unique_ptr<Likelihood>(new TaperedLikelihood(*this));
}

void TaperedLikelihood::analyse(const Points& scaled) {
    auto pattern = std::make_shared<const SymmetricPattern>(
        pairs_in_range(scaled, 1.0 + margin, most_tapered_pairs));
    SparseCholesky made(std::move(pattern));
    check_factor_size(made, "Choose a taper range shorter than " + std::to_string(range_.range) + ".");
    cholesky_.emplace(std::move(made));
    analysed_at_ = scaled;
    ++analyses_;
}

void TaperedLikelihood::ensure_pattern(const Points& deformed) {
    const Points scaled = range_.scaled(deformed);
    if (!cholesky_) return analyse(scaled);
    // Pairs nearer than 1 now were nearer than 1 + 2 · the largest displacement then.
    if (analysed_at_.cols() == scaled.cols() &&
        (scaled - analysed_at_).rowwise().squaredNorm().maxCoeff() < 0.25 * margin * margin)
        return;
    if (holds(cholesky_->pattern(), pairs_in_range(scaled, 1.0, most_tapered_pairs))) return;
    analyse(scaled);
}

bool TaperedLikelihood::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                 bool gradient, ProfiledValue& out) {
    const Points& u = features.deformed;
    const Index n = data_.values.size();
    if (!u.allFinite() || !std::isfinite(log_nugget_ratio)) return false;
    nugget_ratio_ = std::exp(log_nugget_ratio);
    correlation_.squared_factor = range_.squared_factor(u);
    if (!std::isfinite(correlation_.squared_factor) || !(correlation_.squared_factor > 0.0)) return false;
    const bool first = !cholesky_;
    try {
        ensure_pattern(u);
    } catch (const Error&) {
        if (first) throw;
        return false;  // this deformation brings too many pairs into range
    }
    if (!site_noise_scale(data_, features, noise_)) return false;
    diagonal_ = (1.0 + jitter_ + nugget_ratio_ * noise_.array()).matrix();
    if (!cholesky_->factorise(tapered_values(cholesky_->pattern(), u, correlation_, diagonal_))) return false;
    const bool scaled = features.log_scale.size() > 0;
    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (gradient || form_ == TaperForm::two_taper) {
        cholesky_->compute_selected_inverse();
        inverse_ = cholesky_->inverse_on_pattern();
    }
    if (form_ == TaperForm::two_taper) find_second_taper(u);
    if (!solve_trend(out)) return false;

    if (!profile_value(0.5 * cholesky_->log_determinant(), features.log_scale, n,
                       fixed_partial_sill_, out))
        return false;
    if (!gradient) return true;

    contract_gradient(u, out);
    if (scaled)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / out.partial_sill;
    else
        out.d_log_scale.resize(0);
    if (features.log_noise.size() == 0) out.d_log_noise.resize(0);
    out.d_auxiliary.resize(0, u.cols());
    leave_one_out(out);
    return out.d_deformed.allFinite();
}

/// C⁻¹ ∘ T on the pattern.
void TaperedLikelihood::find_second_taper(const Points& u) {
    const SymmetricPattern& p = cholesky_->pattern();
    second_.resize(p.entries());
#pragma omp parallel for schedule(static) if (p.size > 500)
    for (Index j = 0; j < p.size; ++j) {
        const Index first = column_first(p, j), count = column_first(p, j + 1) - first;
        double* t = second_.data() + first;
        squared_distances_of(u, j, p.row.data() + first, count, t);
        for (Index k = 0; k < count; ++k) t[k] *= correlation_.squared_factor;
        taper(correlation_.taper, t, count, t);
        for (Index k = 0; k < count; ++k) t[k] *= inverse_(first + k);
    }
}

bool TaperedLikelihood::solve_trend(ProfiledValue& out) {
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    solved_ = scaled_;
    cholesky_->solve(solved_);
    weights_ = form_ == TaperForm::two_taper ? multiply(cholesky_->pattern(), second_, scaled_) : solved_;

    Matrix information_inverse;
    return profile_trend(scaled_, weights_, residual_, dual_, information_inverse, out);
}

void TaperedLikelihood::contract_gradient(const Points& u, ProfiledValue& out) {
    const SymmetricPattern& p = cholesky_->pattern();
    const Index n = u.rows(), d = u.cols();
    const double sill = out.partial_sill, factor = correlation_.squared_factor;
    const bool two = form_ == TaperForm::two_taper;
    Vector product;  // P on the pattern, where it has no closed form
    if (two) {
        product.resize(p.entries());  // T ∘ yyᵀ first
#pragma omp parallel for schedule(static) if (n > 500)
        for (Index j = 0; j < n; ++j) {
            const Index first = column_first(p, j), count = column_first(p, j + 1) - first;
            double* t = product.data() + first;
            squared_distances_of(u, j, p.row.data() + first, count, t);
            for (Index k = 0; k < count; ++k) t[k] *= factor;
            taper(correlation_.taper, t, count, t);
            for (Index k = 0; k < count; ++k)
                t[k] *= residual_(j) * residual_(p.row[static_cast<std::size_t>(first + k)]);
        }
        product = cholesky_->inverse_product_on_pattern(product);
    }

    const int threads = n > 500 ? omp_get_max_threads() : 1;
    std::vector<Points> partial(static_cast<std::size_t>(threads), Points::Zero(n, d));
    Vector d_factor = Vector::Zero(n);        // each column's share of ∂/∂κ²
    Vector d_diagonal(n);
#pragma omp parallel num_threads(threads)
    {
        Points& g = partial[static_cast<std::size_t>(omp_get_thread_num())];
        PairTerms pair;
#pragma omp for schedule(static)
        for (Index j = 0; j < n; ++j) {
            const Index first = column_first(p, j), count = column_first(p, j + 1) - first;
            pair.at(u, j, p.row.data() + first, count, correlation_);
            d_diagonal(j) = 0.5 * (inverse_(first) - (two ? product(first) : dual_(j) * dual_(j)) / sill);
            for (Index k = 1; k < count; ++k) {
                const auto e = static_cast<std::size_t>(k);
                const Index i = p.row[static_cast<std::size_t>(first + k)];
                const double quadratic = two ? product(first + k) : dual_(i) * dual_(j);
                const double of_c = 0.5 * (inverse_(first + k) - quadratic / sill);
                const double of_t = two ? 0.5 * inverse_(first + k) * residual_(i) * residual_(j) / sill : 0.0;
                const double taper_share = (of_c * pair.rho[e] + of_t) * pair.taper_derivative[e];
                d_factor(j) += 2.0 * taper_share * pair.s[e];
                const double weight =
                    4.0 * (of_c * pair.rho_derivative[e] * pair.taper[e] + factor * taper_share);
                for (Index c = 0; c < d; ++c) {
                    const double t = weight * (u(i, c) - u(j, c));
                    g(i, c) += t;
                    g(j, c) -= t;
                }
            }
        }
    }
    out.d_deformed = partial[0];
    for (std::size_t t = 1; t < partial.size(); ++t) out.d_deformed += partial[t];
    // κ² = spread² / (v range²), v = Σ|Uᵢ − Ū|²/n:  ∂κ²/∂Uᵢ = −κ² (2/n)(Uᵢ − Ū)/v.
    const Points centred = u.rowwise() - u.colwise().mean();
    out.d_deformed -= d_factor.sum() * factor * 2.0 / centred.squaredNorm() * centred;
    out.d_log_noise = nugget_ratio_ * d_diagonal.cwiseProduct(noise_);
    out.d_log_nugget_ratio = out.d_log_noise.sum();
}

void TaperedLikelihood::leave_one_out(ProfiledValue& out) const {
    const Index q = data_.trend.cols();
    Vector precision = cholesky_->inverse_diagonal();
    Vector dual = solved_.col(0);
    if (q > 0) {
        const auto w = solved_.rightCols(q);
        const Eigen::LDLT<Matrix> factor(scaled_.rightCols(q).transpose() * w);
        dual -= w * factor.solve(w.transpose() * scaled_.col(0));
        precision -= (w * factor.solve(w.transpose())).diagonal();
    }
    precision = precision.cwiseMax(1e-300);
    out.leave_one_out_residual = dual.array() / (precision.array() * out.partial_sill).sqrt();
    out.leave_one_out_variance = out.partial_sill * scale_.array().square() / precision.array();
}

std::unique_ptr<const KrigingSystem> TaperedLikelihood::kriging_system(
    const SiteFeatures& features, double log_nugget_ratio) const {
    double sill = fixed_partial_sill_;
    if (form_ == TaperForm::two_taper && !(sill > 0.0)) {
        TaperedLikelihood mine(*this);
        ProfiledValue at;
        if (!mine.evaluate(features, log_nugget_ratio, false, at)) return nullptr;
        sill = at.partial_sill;
    }
    TaperedCorrelation correlation = correlation_;
    correlation.squared_factor = range_.squared_factor(features.deformed);
    return TaperedKriging::of(data_, features, correlation, std::exp(log_nugget_ratio), jitter_, sill);
}

}  // namespace anamorph
