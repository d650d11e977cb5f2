// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/global_kriging.h"

#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

namespace {

constexpr Index most_joint_points = 2000;
constexpr int drawing_neighbours = 30;

/// L⁻¹ b in place.
void solve_lower(const Matrix& factor, Matrix& b) {
    const int n = static_cast<int>(factor.rows()), m = static_cast<int>(b.cols());
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, m, 1.0,
                factor.data(), n, b.data(), n);
}

}  // namespace

std::unique_ptr<const GlobalKriging> GlobalKriging::of(const Observations& data,
                                                       const SiteFeatures& features,
                                                       PairCovariancePointer covariance,
                                                       double nugget_ratio,
                                                       double jitter, double fixed_partial_sill) {
    if (!features.deformed.allFinite() || !std::isfinite(nugget_ratio)) return nullptr;
    std::unique_ptr<GlobalKriging> made(new GlobalKriging);
    GlobalKriging& s = *made;
    s.covariance_ = std::move(covariance);
    if (!take_coefficients(features, s.covariance_) ||
        !site_noise_scale(data, features, s.noise_scale_))
        return nullptr;
    s.deformed_ = features.deformed;
    s.local_ = features.local;
    s.nugget_ratio_ = nugget_ratio;
    const Index n = data.values.size(), q = data.trend.cols();
    try {
        s.factor_.resize(n, n);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory, "Kriging with all " + std::to_string(n) +
                                                  " sites does not fit in memory.",
                    "Fit with the Vecchia likelihood, which kriges from the nearest sites.");
    }
    assemble_lower(*s.covariance_, features, s.factor_);
    s.factor_.diagonal() = (1.0 + jitter + nugget_ratio * s.noise_scale_.array()).matrix();
    const int size = static_cast<int>(n);
    int info = 0;
    dpotrf_("L", &size, s.factor_.data(), &size, &info);
    if (info != 0) return nullptr;

    const Vector scale = half_log_scale(features);
    Matrix half(n, 1 + q);
    half.col(0) = data.values.cwiseQuotient(scale);
    for (Index k = 0; k < q; ++k) half.col(1 + k) = data.trend.col(k).cwiseQuotient(scale);
    solve_lower(s.factor_, half);
    s.half_trend_ = half.rightCols(q);
    Matrix residual = half.leftCols(1);
    if (q > 0) {
        const SymmetricFactor information(s.half_trend_.transpose() * s.half_trend_);
        if (!information.is_positive()) return nullptr;
        s.beta_ = information.solve(s.half_trend_.transpose() * half.col(0));
        s.trend_information_inverse_ = information.inverse();
        residual -= s.half_trend_ * s.beta_;
    }
    s.partial_sill_ = fixed_partial_sill > 0.0
                          ? fixed_partial_sill
                          : residual.squaredNorm() / static_cast<double>(n);
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, size, 1, 1.0,
                s.factor_.data(), size, residual.data(), size);
    s.dual_ = residual;
    if (!s.dual_.allFinite() || !(s.partial_sill_ > 0.0)) return nullptr;
    return made;
}

void GlobalKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                            Vector& mean, Vector& variance) const {
    const Index q = beta_.size();
    const Vector scale = half_log_scale(at);
    Matrix rho = cross_correlation(*covariance_, deformed_, local_, at.deformed, at.local);  // n×m
    mean = (rho.transpose() * dual_).cwiseProduct(scale);
    solve_lower(factor_, rho);
    variance = (1.0 - rho.colwise().squaredNorm().array()).transpose();
    if (of_observation) variance += nugget_ratio_ * half_log_noise(at).cwiseAbs2();
    if (q > 0) {
        mean += trend * beta_;
        const Matrix h = (trend.array().colwise() / scale.array()).matrix() -
                         rho.transpose() * half_trend_;
        variance += (h * trend_information_inverse_).cwiseProduct(h).rowwise().sum();
    }
    variance = partial_sill_ * variance.cwiseMax(1e-12).cwiseProduct(scale.cwiseAbs2());
}

Matrix GlobalKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                           const ProgressObserver& progress, std::stop_token stop) const {
    const Index m = at.deformed.rows(), q = beta_.size();
    if (options.count < 1)
        throw Error(ErrorCode::bad_input, "The number of simulations must be at least 1.");
    if (m > most_joint_points || options.method == SimulationMethod::spectral)
        return draw_by_kriging(at, trend, options, progress, stop);
    ProgressMeter meter(progress, "Conditional simulation");
    const Vector scale = half_log_scale(at);
    Matrix rho = cross_correlation(*covariance_, deformed_, local_, at.deformed, at.local);  // n×m
    const Vector mean = rho.transpose() * dual_;
    solve_lower(factor_, rho);
    throw_if_cancelled(stop);
    Matrix conditional =
        cross_correlation(*covariance_, at.deformed, at.local, at.deformed, at.local);
    conditional.noalias() -= rho.transpose() * rho;
    Matrix h;
    if (q > 0) {
        h = (trend.array().colwise() / scale.array()).matrix() - rho.transpose() * half_trend_;
        conditional.noalias() += h * trend_information_inverse_ * h.transpose();
    }
    conditional.diagonal().array() += 1e-8;
    if (options.of_observation) conditional.diagonal() += nugget_ratio_ * half_log_noise(at).cwiseAbs2();
    meter.report(0.3);
    throw_if_cancelled(stop);
    const int size = static_cast<int>(m);
    int info = 0;
    dpotrf_("L", &size, conditional.data(), &size, &info);
    if (info != 0)
        throw Error(ErrorCode::not_positive_definite,
                    "The conditional covariance of the points could not be factorised.",
                    "Draw the observations instead of the signal, or fewer points.");
    RandomStream random(options.seed);
    Matrix draws(m, options.count);
    for (int k = 0; k < options.count; ++k) draws.col(k) = random.normals(m);
    cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size,
                options.count, std::sqrt(partial_sill_), conditional.data(), size, draws.data(),
                size);
    draws.colwise() += mean;
    draws.array().colwise() *= scale.array();
    if (q > 0) draws.colwise() += trend * beta_;
    meter.report(1.0);
    return draws;
}

Matrix GlobalKriging::draw_by_kriging(const SiteFeatures& at, const Matrix& trend,
                                      const DrawOptions& options, const ProgressObserver& progress,
                                      const std::stop_token& stop) const {
    const Index p = at.deformed.rows(), n = deformed_.rows(), q = beta_.size(),
                count = options.count;
    if (!at.deformed.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be simulated has a coordinate that is no number.");
    try {
        Points all(p + n, deformed_.cols());
        all << at.deformed, deformed_;
        Matrix all_local(p + n, local_.cols());
        if (local_.cols() > 0) all_local << at.local, local_;
        const auto drawn_field = simulate_without_data(
            all, all_local,
            {covariance_, drawing_neighbours, 1e-8, options.count, options.seed, options.method},
            progress, stop);
        const UnconditionalField& field = *drawn_field;
        throw_if_cancelled(stop);
        // Universal kriging of the drawn observations: their dual vectors and trend coefficients.
        RandomStream random(stream_seed(~options.seed, 0));
        Matrix observed(n, count);
        for (Index i = 0; i < n; ++i) {
            const double sd = std::sqrt(nugget_ratio_ * noise_scale_(i));
            for (Index k = 0; k < count; ++k)
                observed(i, k) = field.at(p + i)[k] + sd * random.normal();
        }
        solve_lower(factor_, observed);
        const Matrix beta = trend_information_inverse_ * (half_trend_.transpose() * observed);
        if (q > 0) observed.noalias() -= half_trend_ * beta;
        const int size = static_cast<int>(n);
        cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, size,
                    options.count, 1.0, factor_.data(), size, observed.data(), size);
        Matrix duals = -std::sqrt(partial_sill_) * observed;
        duals.colwise() += dual_;

        const double sd = std::sqrt(partial_sill_);
        const double noise_sd = options.of_observation ? std::sqrt(nugget_ratio_) : 0.0;
        const Vector noise = half_log_noise(at);
        Matrix draws(p, count);
        for (Index first = 0; first < p; first += most_joint_points) {
            throw_if_cancelled(stop);
            const Index used = std::min(most_joint_points, p - first);
            const Matrix rho =
                cross_correlation(*covariance_, deformed_, local_,
                                  at.deformed.middleRows(first, used),
                                  at.local.middleRows(local_.cols() > 0 ? first : 0,
                                                      local_.cols() > 0 ? used : at.local.rows()));
            auto part = draws.middleRows(first, used);
            part.noalias() = rho.transpose() * duals;
            for (Index i = 0; i < used; ++i)
                for (Index k = 0; k < count; ++k) {
                    part(i, k) += sd * field.at(first + i)[k];
                    if (noise_sd > 0.0) part(i, k) += sd * noise_sd * noise(first + i) * random.normal();
                }
            if (at.log_scale.size() > 0)
                part.array().colwise() *= (0.5 * at.log_scale.segment(first, used).array()).exp();
            if (q > 0)
                part.noalias() += trend.middleRows(first, used) * ((-sd * beta).colwise() + beta_);
        }
        if (progress) progress({1.0, 0.0, "Conditional simulation"});
        return draws;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    std::to_string(count) + " simulations at " + std::to_string(p) +
                        " points do not fit in memory.",
                    "Draw fewer at a time, with other seeds.");
    }
}

}  // namespace anamorph
