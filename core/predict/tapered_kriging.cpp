// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/tapered_kriging.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/predict/sequential_simulation.h"
#include "core/predict/tapered_field.h"

namespace anamorph {

namespace {

constexpr Index tapered_points_together = 48;
constexpr double smallest_tapered_variance = 1e-12;
constexpr double draw_jitter = 1e-8;

}  // namespace

TaperedKriging::TaperedKriging(const SiteFeatures& sites)
    : deformed_(sites.deformed), local_(sites.local), sites_(sites.deformed) {}

std::unique_ptr<const TaperedKriging> TaperedKriging::of(
    const Observations& data, const SiteFeatures& features, const TaperedCovariance& tapered,
    double nugget_ratio, double jitter, double partial_sill) {
    const Points& u = features.deformed;
    if (!u.allFinite() || !std::isfinite(nugget_ratio) || !std::isfinite(tapered.squared_factor) ||
        !(tapered.squared_factor > 0.0))
        return nullptr;
    std::unique_ptr<TaperedKriging> made(new TaperedKriging(features));
    TaperedKriging& k = *made;
    const Index n = u.rows(), q = data.trend.cols();
    k.tapered_ = tapered;
    k.factor_ = std::sqrt(tapered.squared_factor);
    k.nugget_ratio_ = nugget_ratio;
    k.jitter_ = jitter;
    if (!site_noise_scale(data, features, k.noise_)) return nullptr;
    k.noise_ *= nugget_ratio;
    const auto pattern = std::make_shared<const SymmetricPattern>(
        pairs_in_range(u, 1.0 / k.factor_, most_tapered_pairs));
    k.cholesky_.emplace(pattern);
    check_factor_size(*k.cholesky_, "Choose a shorter taper range.");
    if (!k.cholesky_->factorise(
            tapered_values(*pattern, u, features.local, tapered, (1.0 + jitter + k.noise_.array()).matrix())))
        return nullptr;

    const Vector scale = half_log_scale(features);
    k.scaled_.resize(n, 1 + q);
    k.scaled_.col(0) = data.values.cwiseQuotient(scale);
    for (Index c = 0; c < q; ++c) k.scaled_.col(1 + c) = data.trend.col(c).cwiseQuotient(scale);
    k.weights_ = k.scaled_;
    k.cholesky_->solve(k.weights_);
    k.dual_ = k.weights_.col(0);
    Vector residual = k.scaled_.col(0);
    k.beta_.resize(q);
    if (q > 0) {
        const auto h = k.scaled_.rightCols(q), w = k.weights_.rightCols(q);
        const SymmetricFactor information(h.transpose() * w);
        if (!information.is_positive()) return nullptr;
        k.beta_ = information.solve(w.transpose() * k.scaled_.col(0));
        k.trend_information_inverse_ = information.inverse();
        residual -= h * k.beta_;
        k.dual_ -= w * k.beta_;
    }
    k.partial_sill_ = partial_sill > 0.0 ? partial_sill : residual.dot(k.dual_) / static_cast<double>(n);
    if (!k.dual_.allFinite() || !(k.partial_sill_ > 0.0)) return nullptr;
    return made;
}

void TaperedKriging::check_points(const SiteFeatures& at) const {
    if (at.deformed.cols() != deformed_.cols() || at.local.cols() != local_.cols() ||
        (local_.cols() > 0 && at.local.rows() != at.deformed.rows()))
        throw Error(ErrorCode::dimension_mismatch, "Points and sites do not belong together.");
}

/// Covariances (over σ²) of points first … first + count − 1 with the sites in range, one point a column.
SparseColumns TaperedKriging::covariances_with_sites(const SiteFeatures& at, Index first,
                                                     Index count) const {
    SparseColumns columns;
    const Index d = at.deformed.cols();
    const auto points = feature_columns(at.deformed, at.local), sites = feature_columns(deformed_, local_);
    GatheredRow pairs;
    std::vector<std::int32_t> found;
    std::vector<double> point(static_cast<std::size_t>(d)), c, work;
    for (Index j = first; j < first + count; ++j) {
        for (Index k = 0; k < d; ++k) point[static_cast<std::size_t>(k)] = at.deformed(j, k);
        sites_.within(point.data(), 1.0 / factor_, found);
        c.resize(found.size());
        pairs.gather(points, j, sites, found.data(), static_cast<Index>(found.size()));
        tapered_.values(pairs, static_cast<Index>(c.size()), d, c.data(), work);
        columns.row.insert(columns.row.end(), found.begin(), found.end());
        columns.value.insert(columns.value.end(), c.begin(), c.end());
        columns.start.push_back(static_cast<std::int32_t>(columns.row.size()));
    }
    return columns;
}

void TaperedKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                             Vector& mean, Vector& variance) const {
    const Index m = at.deformed.rows(), q = beta_.size();
    check_points(at);
    const Vector scale = half_log_scale(at);
    mean.resize(m);
    variance.resize(m);
    const Vector nugget = of_observation ? Vector(nugget_ratio_ * half_log_noise(at).cwiseAbs2())
                                         : Vector(Vector::Zero(m));
    const Index blocks = (m + tapered_points_together - 1) / tapered_points_together;
    std::atomic<bool> out_of_memory{false};
    const BlasThreads one(1);
#pragma omp parallel for schedule(dynamic)
    for (Index block = 0; block < blocks; ++block) {
        try {
            const Index first = block * tapered_points_together, count = std::min(tapered_points_together, m - first);
            const SparseColumns rho = covariances_with_sites(at, first, count);
            const Vector explained = cholesky_->inverse_quadratic_forms(rho);
            for (Index j = 0; j < count; ++j) {
                const Index point = first + j;
                double value = 0.0, share = 1.0 + nugget(point) - explained(j);
                Vector h = q > 0 ? Vector(trend.row(point).transpose() / scale(point)) : Vector();
                for (auto k = static_cast<std::size_t>(rho.start[static_cast<std::size_t>(j)]);
                     k < static_cast<std::size_t>(rho.start[static_cast<std::size_t>(j) + 1]); ++k) {
                    value += rho.value[k] * dual_(rho.row[k]);
                    if (q > 0) h -= rho.value[k] * weights_.row(rho.row[k]).tail(q).transpose();
                }
                mean(point) = scale(point) * value;
                if (q > 0) {
                    mean(point) += trend.row(point).dot(beta_);
                    share += h.dot(trend_information_inverse_ * h);
                }
                variance(point) = partial_sill_ * std::max(share, smallest_tapered_variance) *
                                  scale(point) * scale(point);
            }
        } catch (const std::bad_alloc&) {
            out_of_memory = true;
        }
    }
    if (out_of_memory)
        throw Error(ErrorCode::out_of_memory, "Kriging with the tapered covariance does not fit in memory.");
}

/// Unit-variance draws of the observations at the sites, then of the field (or of observations) at
/// the points: (n + m)×count.
Matrix TaperedKriging::draw_without_data(const SiteFeatures& at, const DrawOptions& options,
                                         const std::stop_token& stop) const {
    const Index n = deformed_.rows(), m = at.deformed.rows();
    const Vector noise_sd = std::sqrt(nugget_ratio_) * half_log_noise(at);
    Points all(n + m, deformed_.cols());
    all << deformed_, at.deformed;
    Matrix local(n + m, local_.cols());
    if (local_.cols() > 0) local << local_, at.local;
    TaperedFieldOptions simulation;
    simulation.covariance = tapered_;
    simulation.jitter = std::max(jitter_, draw_jitter);
    simulation.count = options.count;
    simulation.seed = options.seed;
    Matrix field = tapered_field(all, local, simulation, stop);
    RandomStream noise(stream_seed(options.seed, 1));
    for (int k = 0; k < options.count; ++k) {
        for (Index i = 0; i < n; ++i) field(i, k) += std::sqrt(noise_(i)) * noise.normal();
        if (options.of_observation)
            for (Index i = 0; i < m; ++i) field(n + i, k) += noise_sd(i) * noise.normal();
    }
    return field;
}

Matrix TaperedKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                            const ProgressObserver& progress, std::stop_token stop) const try {
    const Index n = deformed_.rows(), m = at.deformed.rows(), q = beta_.size();
    ProgressMeter meter(progress, "Conditional simulation");
    throw_if_cancelled(stop);
    check_points(at);
    const Vector scale = half_log_scale(at);
    Matrix field = std::sqrt(partial_sill_) * draw_without_data(at, options, stop);
    meter.report(0.7);
    throw_if_cancelled(stop);
    // What each draw lacks of the data, its trend and its dual vector.
    const Matrix lacking = (-field.topRows(n)).colwise() + scaled_.col(0);
    Matrix dual = lacking, beta(q, options.count);
    cholesky_->solve(dual);
    if (q > 0) {
        beta = trend_information_inverse_ * (weights_.rightCols(q).transpose() * lacking);
        dual -= weights_.rightCols(q) * beta;
    }
    meter.report(0.9);
    throw_if_cancelled(stop);
    const Matrix by_site = dual.transpose();  // one site a column: contiguous below
    const SparseColumns rho = covariances_with_sites(at, 0, m);
    Vector kriged(options.count);
    Matrix draws = field.bottomRows(m);
    for (Index j = 0; j < m; ++j) {
        kriged.setZero();
        for (auto k = static_cast<std::size_t>(rho.start[static_cast<std::size_t>(j)]);
             k < static_cast<std::size_t>(rho.start[static_cast<std::size_t>(j) + 1]); ++k)
            kriged += rho.value[k] * by_site.col(rho.row[k]);
        draws.row(j) += kriged.transpose();
    }
    draws.array().colwise() *= scale.array();
    if (q > 0) draws += trend * beta;
    meter.report(1.0);
    return draws;
} catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_memory, "The conditional simulations do not fit in memory.",
                "Draw fewer of them, or fewer points.");
}

}  // namespace anamorph
