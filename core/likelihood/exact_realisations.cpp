// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/exact_realisations.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/realisation_rows.h"
#include "core/likelihood/trend_profile.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

ExactRealisations::ExactRealisations(Observations data, SharedPlaces group,
                                     PairCovariancePointer covariance, double jitter)
    : data_(std::move(data)),
      group_(std::move(group)),
      covariance_(std::move(covariance)),
      jitter_(jitter),
      terms_(group_.rows.size()) {
    const Index n = data_.values.size();
    if (data_.trend.cols() == 0) data_.trend.resize(n, 0);
    if (data_.noise_scale.size() == 0) data_.noise_scale = Vector::Ones(n);
    if (data_.trend.rows() != n || data_.noise_scale.size() != n)
        throw Error(ErrorCode::dimension_mismatch, "Values, trend and weights differ in number.");
    try {
        inverse_.resize(group_.place_count, group_.place_count);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "The exact likelihood of " + std::to_string(group_.place_count) +
                        " places does not fit in memory.",
                    "Use Vecchia's approximation.");
    }
}

std::unique_ptr<Likelihood> ExactRealisations::clone() const {
    auto copy = std::make_unique<ExactRealisations>(data_, group_, covariance_, jitter_);
    copy->fix_partial_sill(fixed_partial_sill_);
    return copy;
}

bool ExactRealisations::replace_values(const Vector& values) {
    if (values.size() != data_.values.size()) return false;
    data_.values = values;
    return true;
}

std::unique_ptr<const KrigingSystem> ExactRealisations::kriging_system(
    const SiteFeatures& /*features*/, double /*log_nugget_ratio*/) const {
    return nullptr;
}

bool ExactRealisations::evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                 bool gradient, ProfiledValue& out) {
    const Index n = data_.values.size();
    if (!features.deformed.allFinite() || !std::isfinite(log_nugget_ratio)) return false;
    if (!same_features_at_places(group_, features)) return false;
    if (!site_noise_scale(data_, features, noise_) || !take_coefficients(features, covariance_))
        return false;
    nugget_ratio_ = std::exp(log_nugget_ratio);
    const SiteFeatures places = features_at(features, group_.representative);
    if (!invert(places)) return false;
    if (!log_scale_factor(features.log_scale, n, scale_)) return false;
    scaled_ = scaled_columns(data_.values, data_.trend, scale_);
    double half_log_det = 0.0;
    if (!solve_realisations(out, half_log_det)) return false;
    if (!profile_value(half_log_det, features.log_scale, n, fixed_partial_sill_, out)) return false;
    if (!gradient) return true;
    contract_gradient(features, places, out);
    fill_row_terms(features, out);
    return out.d_deformed.allFinite();
}

/// P and ½ log|C|.
bool ExactRealisations::invert(const SiteFeatures& places) {
    const int size = static_cast<int>(group_.place_count);
    assemble_lower(*covariance_, places, inverse_);
    for (Index p = 0; p < group_.place_count; ++p)
        inverse_(p, p) =
            1.0 + jitter_ + nugget_ratio_ * noise_(group_.representative[static_cast<std::size_t>(p)]);
    int info = 0;
    dpotrf_("L", &size, inverse_.data(), &size, &info);
    if (info != 0) return false;
    half_log_det_ = inverse_.diagonal().array().log().sum();
    dpotri_("L", &size, inverse_.data(), &size, &info);
    return info == 0;
}

/// C_oo⁻¹ times the columns of each realisation, its β, and Σ yᵀC_oo⁻¹y / n as out.partial_sill.
bool ExactRealisations::solve_realisations(ProfiledValue& out, double& half_log_det) {
    const Index k = group_.place_count, columns = scaled_.cols(), q = columns - 1;
    const auto count = static_cast<Index>(group_.rows.size());
    Matrix at_places = Matrix::Zero(k, count * columns);
    for (Index r = 0; r < count; ++r) {
        const auto& rows = group_.rows[static_cast<std::size_t>(r)];
        const auto& observed = group_.observed[static_cast<std::size_t>(r)];
        for (std::size_t i = 0; i < rows.size(); ++i)
            at_places.row(observed[i]).segment(r * columns, columns) = scaled_.row(rows[i]);
    }
    Matrix solved(k, count * columns);
    const int size = static_cast<int>(k), all = static_cast<int>(solved.cols());
    cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, size, all, 1.0, inverse_.data(), size,
                at_places.data(), size, 0.0, solved.data(), size);

    out.trend_coefficients.resize(q * count);
    double quadratic = 0.0;
    half_log_det = 0.0;
    for (Index r = 0; r < count; ++r) {
        const auto at = static_cast<std::size_t>(r);
        const auto& missing = group_.missing[at];
        Term& term = terms_[at];
        auto own = solved.middleCols(r * columns, columns);
        half_log_det += half_log_det_;
        term.reduction.resize(0, k);
        if (!missing.empty()) {
            const auto m = static_cast<Index>(missing.size());
            Matrix rows_of_inverse(m, k);
            for (Index a = 0; a < m; ++a) {
                const Index p = missing[static_cast<std::size_t>(a)];
                rows_of_inverse.row(a).head(p) = inverse_.row(p).head(p);
                rows_of_inverse.row(a).tail(k - p) = inverse_.col(p).tail(k - p).transpose();
            }
            const CholeskyFactor factor(Matrix(rows_of_inverse(Eigen::all, missing)));
            if (!factor.is_positive_definite()) return false;
            half_log_det += factor.half_log_determinant();
            term.reduction = factor.half_solve(rows_of_inverse);
            const Matrix half = factor.half_solve(Matrix(own(missing, Eigen::all)));
            own -= term.reduction.transpose() * half;
        }
        term.weights = own(group_.observed[at], Eigen::all);
        ProfiledValue part;
        const Matrix scaled = scaled_(group_.rows[at], Eigen::all);
        if (!profile_trend(scaled, term.weights, term.residual, term.dual,
                           term.trend_information_inverse, part))
            return false;
        quadratic += part.partial_sill * static_cast<double>(scaled.rows());
        out.trend_coefficients.segment(r * q, q) = part.trend_coefficients;
    }
    out.partial_sill = quadratic / static_cast<double>(scaled_.rows());
    return std::isfinite(out.partial_sill) && out.partial_sill >= 0.0;
}

void ExactRealisations::contract_gradient(const SiteFeatures& features, const SiteFeatures& places,
                                          ProfiledValue& out) const {
    const Index k = group_.place_count;
    const auto count = static_cast<Index>(group_.rows.size());
    const double sill = out.partial_sill;
    // Σ_r C_oo⁻¹ − a aᵀ/σ², lower triangle: rank updates of a multiple of P.
    Matrix weights = static_cast<double>(count) * inverse_;
    Index reduced = 0;
    for (const auto& missing : group_.missing) reduced += static_cast<Index>(missing.size());
    Matrix update(k, reduced + count);
    Index next = 0;
    for (const Term& term : terms_) {
        update.middleCols(next, term.reduction.rows()) = term.reduction.transpose();
        next += term.reduction.rows();
    }
    update.rightCols(count).setZero();
    for (Index r = 0; r < count; ++r) {
        const auto at = static_cast<std::size_t>(r);
        const auto& observed = group_.observed[at];
        for (std::size_t i = 0; i < observed.size(); ++i)
            update(observed[i], reduced + r) =
                terms_[at].dual(static_cast<Index>(i)) / std::sqrt(sill);
    }
    const int size = static_cast<int>(k), rank = static_cast<int>(update.cols());
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, size, rank, -1.0, update.data(), size, 1.0,
                weights.data(), size);

    Points d_places;
    Matrix d_local;
    contract_pairs(
        *covariance_, places,
        [&](Index j, double* w) {
            const double* column = weights.col(j).data();
            std::copy(column + j + 1, column + k, w);
        },
        d_places, d_local, out.d_coefficients);
    Vector rows_at = Vector::Zero(k);
    for (const auto& observed : group_.observed)
        for (const Index p : observed) rows_at(p) += 1.0;
    out.d_deformed.resize(features.deformed.rows(), features.deformed.cols());
    out.d_local.resize(features.deformed.rows(), d_local.cols());
    for (std::size_t r = 0; r < group_.rows.size(); ++r)
        for (std::size_t i = 0; i < group_.rows[r].size(); ++i) {
            const Index row = group_.rows[r][i], p = group_.observed[r][i];
            out.d_deformed.row(row) = d_places.row(p) / rows_at(p);
            out.d_local.row(row) = d_local.row(p) / rows_at(p);
        }
}

/// What each row has of its own: noise, log-scale, and what it would be without its value.
void ExactRealisations::fill_row_terms(const SiteFeatures& features, ProfiledValue& out) const {
    const Index n = data_.values.size(), q = data_.trend.cols();
    const double sill = out.partial_sill;
    Vector d_noise(n);
    out.d_log_scale.resize(features.log_scale.size());
    out.leave_one_out_residual.resize(n);
    out.leave_one_out_variance.resize(n);
    for (std::size_t r = 0; r < group_.rows.size(); ++r) {
        const Term& term = terms_[r];
        const auto& observed = group_.observed[r];
        Vector precision = inverse_.diagonal()(observed);
        if (term.reduction.rows() > 0)
            precision -= Vector(term.reduction.colwise().squaredNorm().transpose())(observed);
        const auto w = term.weights.rightCols(q);
        Vector left_out = precision;
        if (q > 0)
            left_out -= (w * term.trend_information_inverse).cwiseProduct(w).rowwise().sum();
        left_out = left_out.cwiseMax(1e-300);
        for (std::size_t i = 0; i < observed.size(); ++i) {
            const Index row = group_.rows[r][i], own = static_cast<Index>(i);
            const double a = term.dual(own), scale = scale_(row);
            d_noise(row) = 0.5 * nugget_ratio_ * (precision(own) - a * a / sill) * noise_(row);
            if (features.log_scale.size() > 0)
                out.d_log_scale(row) = 0.5 - 0.5 * term.residual(own) * a / sill;
            out.leave_one_out_residual(row) = a / std::sqrt(left_out(own) * sill);
            out.leave_one_out_variance(row) = sill * scale * scale / left_out(own);
        }
    }
    out.d_log_nugget_ratio = d_noise.sum();
    if (features.log_noise.size() > 0)
        out.d_log_noise = d_noise;
    else
        out.d_log_noise.resize(0);
}

}  // namespace anamorph
