// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/tapered_likelihood.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/decompositions.h"
#include "core/base/error.h"
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

/// T on a pattern.
Vector tapers_on(const SymmetricPattern& p, const Points& u, const TaperedCovariance& tapered) {
    Vector t(p.entries());
    const auto columns = feature_columns(u, Matrix(u.rows(), 0));
#pragma omp parallel if (p.size > 500)
    {
        GatheredRow pairs;
#pragma omp for schedule(static)
        for (Index j = 0; j < p.size; ++j) {
            const Index first = column_first(p, j), count = column_first(p, j + 1) - first;
            pairs.gather(columns, j, columns, p.row.data() + first, count);
            tapered.tapers(pairs, count, u.cols(), t.data() + first);
        }
    }
    return t;
}

/// s, ρ, T and dT/ds·κ⁻² at a column's pairs.
struct PairTerms {
    GatheredRow pairs;
    std::vector<double> s, rho, taper, taper_derivative, weight;

    void at(const GatheredRow::Columns& columns, Index d, Index j, const std::int32_t* row, Index count,
            const TaperedCovariance& tapered) {
        const auto size = static_cast<std::size_t>(count);
        for (auto* v : {&s, &rho, &taper, &taper_derivative, &weight})
            if (v->size() < size) v->resize(size);
        pairs.gather(columns, j, columns, row, count);
        pairs.squared_distances(d, s.data());
        pairs.correlations(*tapered.covariance, rho.data());
        for (std::size_t i = 0; i < size; ++i) taper[i] = tapered.squared_factor * s[i];
        anamorph::taper_derivative(tapered.taper, taper.data(), count, taper_derivative.data());
        anamorph::taper(tapered.taper, taper.data(), count, taper.data());
    }
};

}  // namespace

TaperedLikelihood::TaperedLikelihood(Observations observations, PairCovariancePointer covariance,
                                     const LikelihoodOptions& options, const Points& sites,
                                     double jitter)
    : data_(std::move(observations)),
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
    tapered_.taper = taper_for(*covariance);
    tapered_.covariance = std::move(covariance);
}

TaperedLikelihood::TaperedLikelihood(const TaperedLikelihood& other)
    : Likelihood(other),
      data_(other.data_),
      form_(other.form_),
      jitter_(other.jitter_),
      range_(other.range_),
      tapered_(other.tapered_),
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
    if (!take_coefficients(features, tapered_.covariance)) return false;
    tapered_.squared_factor = range_.squared_factor(u);
    if (!std::isfinite(tapered_.squared_factor) || !(tapered_.squared_factor > 0.0)) return false;
    const bool first = !cholesky_;
    try {
        ensure_pattern(u);
    } catch (const Error&) {
        if (first) throw;
        return false;  // this deformation brings too many pairs into range
    }
    if (!site_noise_scale(data_, features, noise_)) return false;
    diagonal_ = (1.0 + jitter_ + nugget_ratio_ * noise_.array()).matrix();
    if (!cholesky_->factorise(
            tapered_values(cholesky_->pattern(), u, features.local, tapered_, diagonal_)))
        return false;
    const bool scaled = features.log_scale.size() > 0;
    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    if (gradient || form_ == TaperForm::two_taper) {
        cholesky_->compute_selected_inverse();
        inverse_ = cholesky_->inverse_on_pattern();
    }
    if (form_ == TaperForm::two_taper) find_second_taper(features);
    if (!solve_trend(out)) return false;

    if (!profile_value(0.5 * cholesky_->log_determinant(), features.log_scale, n,
                       fixed_partial_sill_, out))
        return false;
    if (!gradient) return true;

    contract_gradient(features, out);
    if (scaled)
        out.d_log_scale = 0.5 - 0.5 * residual_.array() * dual_.array() / out.partial_sill;
    else
        out.d_log_scale.resize(0);
    if (features.log_noise.size() == 0) out.d_log_noise.resize(0);
    out.d_auxiliary.resize(0, u.cols());
    leave_one_out(out);
    return out.d_deformed.allFinite() && out.d_local.allFinite() && out.d_coefficients.allFinite();
}

/// C⁻¹ ∘ T on the pattern.
void TaperedLikelihood::find_second_taper(const SiteFeatures& features) {
    second_ = tapers_on(cholesky_->pattern(), features.deformed, tapered_).cwiseProduct(inverse_);
}

bool TaperedLikelihood::solve_trend(ProfiledValue& out) {
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    solved_ = scaled_;
    cholesky_->solve(solved_);
    weights_ = form_ == TaperForm::two_taper ? multiply(cholesky_->pattern(), second_, scaled_) : solved_;

    Matrix information_inverse;
    return profile_trend(scaled_, weights_, residual_, dual_, information_inverse, out);
}

void TaperedLikelihood::contract_gradient(const SiteFeatures& features, ProfiledValue& out) {
    const SymmetricPattern& p = cholesky_->pattern();
    const Points& u = features.deformed;
    const Index n = u.rows(), d = u.cols();
    const double sill = out.partial_sill, factor = tapered_.squared_factor;
    const bool two = form_ == TaperForm::two_taper;
    const auto columns = feature_columns(u, features.local);
    const auto all = static_cast<Index>(columns.size());
    Vector product;  // P on the pattern, where it has no closed form
    if (two) {
        product = tapers_on(p, u, tapered_);  // T ∘ yyᵀ first
        for (Index j = 0; j < n; ++j)
            for (Index k = column_first(p, j); k < column_first(p, j + 1); ++k)
                product(k) *= residual_(j) * residual_(p.row[static_cast<std::size_t>(k)]);
        product = cholesky_->inverse_product_on_pattern(product);
    }

    const int threads = n > 500 ? omp_get_max_threads() : 1;
    const auto each = static_cast<std::size_t>(threads);
    std::vector<Matrix> partial(each, Matrix::Zero(n, all));
    std::vector<Vector> natural(each, Vector::Zero(tapered_.covariance->natural_count()));
    Vector d_factor = Vector::Zero(n);        // each column's share of ∂/∂κ²
    Vector d_diagonal(n);
#pragma omp parallel num_threads(threads)
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        Matrix& g = partial[thread];
        PairTerms pair;
#pragma omp for schedule(static)
        for (Index j = 0; j < n; ++j) {
            const Index first = column_first(p, j) + 1, count = column_first(p, j + 1) - first;
            const std::int32_t* row = p.row.data() + first;
            pair.at(columns, d, j, row, count, tapered_);
            d_diagonal(j) = 0.5 * (inverse_(first - 1) - (two ? product(first - 1) : dual_(j) * dual_(j)) / sill);
            for (Index k = 0; k < count; ++k) {
                const auto e = static_cast<std::size_t>(k);
                const Index i = row[k];
                const double quadratic = two ? product(first + k) : dual_(i) * dual_(j);
                const double of_c = 0.5 * (inverse_(first + k) - quadratic / sill);
                const double of_t = two ? 0.5 * inverse_(first + k) * residual_(i) * residual_(j) / sill : 0.0;
                const double taper_share = (of_c * pair.rho[e] + of_t) * pair.taper_derivative[e];
                d_factor(j) += 2.0 * taper_share * pair.s[e];
                pair.weight[e] = 2.0 * of_c * pair.taper[e];  // of ρ
                for (Index c = 0; c < d; ++c) {
                    const double t = 4.0 * factor * taper_share * (u(i, c) - u(j, c));
                    g(i, c) += t;
                    g(j, c) -= t;
                }
            }
            pair.pairs.pull_back(*tapered_.covariance, pair.weight.data(), g, natural[thread].data());
        }
    }
    for (std::size_t t = 1; t < each; ++t) {
        partial[0] += partial[t];
        natural[0] += natural[t];
    }
    out.d_deformed = partial[0].leftCols(d);
    out.d_local = partial[0].rightCols(all - d);
    out.d_coefficients = tapered_.covariance->by_coefficients(natural[0]);
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
        const SymmetricFactor factor(scaled_.rightCols(q).transpose() * w);
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
    TaperedCovariance tapered = tapered_;
    if (!take_coefficients(features, tapered.covariance)) return nullptr;
    tapered.squared_factor = range_.squared_factor(features.deformed);
    return TaperedKriging::of(data_, features, tapered, std::exp(log_nugget_ratio), jitter_, sill);
}

}  // namespace anamorph
