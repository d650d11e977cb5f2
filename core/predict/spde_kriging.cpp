// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/spde_kriging.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"

namespace anamorph {

namespace {

MeshProjection located(const Mesh& mesh, const SiteFeatures& at) {
    if (at.geographic.rows() != at.deformed.rows())
        throw Error(ErrorCode::dimension_mismatch,
                    "Kriging on a mesh needs the points' geographic position.");
    return {mesh, at.geographic};
}

}  // namespace

/// Of the field with σ² = 1, m; zero where nothing is added, and outside the mesh.
Vector SpdeKriging::missing_variance(const MeshProjection& points) const {
    const Index m = points.size();
    Vector missing = Vector::Zero(m);
    if (!posterior_.prior) return missing;
    const SparseCholesky& prior = *posterior_.prior;
#pragma omp parallel for schedule(static) if (m > 5000)
    for (Index i = 0; i < m; ++i)
        if (points.inside[static_cast<std::size_t>(i)])
            missing(i) = std::max(0.0, 1.0 - points.quadratic_form(i, [&](Index v, Index w) {
                return prior.inverse_at(v, w);
            }));
    return missing;
}

void SpdeKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                          Vector& mean, Vector& variance) const {
    const Posterior& p = posterior_;
    const MeshProjection points = located(*p.mesh, at);
    const Index m = points.size(), q = p.trend_coefficients.size();
    const Vector scale = half_log_scale(at);
    mean = points.multiply(p.mean).cwiseProduct(scale);
    variance = missing_variance(points);
#pragma omp parallel for schedule(static) if (m > 5000)
    for (Index i = 0; i < m; ++i) {
        if (points.inside[static_cast<std::size_t>(i)])
            variance(i) += points.quadratic_form(
                i, [&](Index v, Index w) { return p.factor.inverse_at(v, w); });
        else
            variance(i) = 1.0;
    }
    if (of_observation) variance += p.nugget_ratio * half_log_noise(at).cwiseAbs2();
    if (q > 0) {
        mean += trend * p.trend_coefficients;
        const Matrix t = (trend.array().colwise() / scale.array()).matrix() -
                         points.multiply(p.trend_response);
        variance += (t * p.trend_information_inverse).cwiseProduct(t).rowwise().sum();
    }
    variance = p.partial_sill * variance.cwiseMax(1e-12).cwiseProduct(scale.cwiseAbs2());
}

Matrix SpdeKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                         const ProgressObserver& progress, std::stop_token stop) const {
    const Posterior& p = posterior_;
    const MeshProjection points = located(*p.mesh, at);
    const auto outside = std::count(points.inside.begin(), points.inside.end(), 0);
    if (outside > 0)
        throw Error(ErrorCode::unsupported,
                    std::to_string(outside) + " points lie outside the mesh of the SPDE.",
                    "Draw within the data's extent, or fit with a wider mesh border.");
    const Index m = points.size(), k = p.factor.size(), q = p.trend_coefficients.size();
    const Vector scale = half_log_scale(at);
    const double sd = std::sqrt(p.partial_sill);
    Vector noise_sd = missing_variance(points);
    if (options.of_observation) noise_sd += p.nugget_ratio * half_log_noise(at).cwiseAbs2();
    noise_sd = noise_sd.cwiseSqrt();
    const bool noisy = noise_sd.maxCoeff() > 0.0;
    Matrix trend_factor;
    if (q > 0) trend_factor = CholeskyFactor(p.trend_information_inverse).lower();
    ProgressMeter meter(progress, "Conditional simulation");
    RandomStream random(options.seed);
    Matrix draws(m, options.count);
    constexpr int together = 16;
    for (int first = 0; first < options.count; first += together) {
        throw_if_cancelled(stop);
        const int count = std::min(together, options.count - first);
        Matrix field(k, count), noise = Matrix::Zero(m, count), shift(q, count);
        for (int c = 0; c < count; ++c) {
            field.col(c) = random.normals(k);
            if (q > 0) shift.col(c) = trend_factor * random.normals(q);
            if (noisy) noise.col(c) = noise_sd.cwiseProduct(random.normals(m));
        }
        p.factor.solve_half_transposed(field);
        if (q > 0) field -= p.trend_response * shift;
        field = sd * field;
        field.colwise() += p.mean;
        draws.middleCols(first, count) = scale.asDiagonal() * (points.multiply(field) + sd * noise);
        if (q > 0) {
            const Matrix beta = (sd * shift).colwise() + p.trend_coefficients;
            draws.middleCols(first, count) += trend * beta;
        }
        meter.report(static_cast<double>(first + count) / options.count);
    }
    return draws;
}

}  // namespace anamorph
