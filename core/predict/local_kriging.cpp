// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/local_kriging.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/predict/kriging_kernels.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

namespace {

constexpr Index block_size = 128;  // points handled together by one thread

Vector half_log_scale(const SiteFeatures& features) {
    return features.log_scale.size() > 0 ? Vector((0.5 * features.log_scale.array()).exp())
                                         : Vector::Ones(features.deformed.rows());
}

void check(const Observations& data, const SiteFeatures& features,
           const LocalKrigingParameters& p) {
    const Index n = data.values.size(), q = p.trend_coefficients.size();
    if (features.deformed.rows() != n || data.trend.cols() != q || (q > 0 && data.trend.rows() != n) ||
        p.trend_information_inverse.rows() != q || p.trend_information_inverse.cols() != q)
        throw Error(ErrorCode::dimension_mismatch,
                    "Sites, values, trend and trend coefficients do not belong together.");
    if (p.neighbours < 1 || p.neighbours > 200)
        throw Error(ErrorCode::bad_input, "The number of neighbours must lie between 1 and 200.");
    if (p.smoothness == Smoothness::automatic || p.smoothness == Smoothness::one)
        throw Error(ErrorCode::unsupported, "Kriging from neighbours has no Matérn covariance of "
                                            "smoothness " + to_string(p.smoothness) + ".");
    if (!features.deformed.allFinite() || !data.values.allFinite() || !std::isfinite(p.nugget_ratio) ||
        !std::isfinite(p.partial_sill) || !p.trend_coefficients.allFinite())
        throw Error(ErrorCode::not_finite, "The sites or the model's parameters are not finite.");
}

}  // namespace

LocalKriging::LocalKriging(const Observations& data, const SiteFeatures& features,
                           const LocalKrigingParameters& parameters)
    : parameters_(parameters), deformed_(features.deformed), nearest_((check(data, features, parameters), features.deformed)) {
    const Index n = deformed_.rows(), d = deformed_.cols(), q = parameters_.trend_coefficients.size();
    noise_scale_ = data.noise_scale.size() > 0 ? data.noise_scale : Vector::Ones(n);
    records_.resize(static_cast<std::size_t>(n * (d + 1)));
    for (Index i = 0; i < n; ++i) {
        double* record = records_.data() + i * (d + 1);
        for (Index k = 0; k < d; ++k) record[k] = deformed_(i, k);
        record[d] = noise_scale_(i);
    }
    const Vector scale = half_log_scale(features);
    Vector residual = data.values;
    if (q > 0) residual -= data.trend * parameters_.trend_coefficients;
    columns_.resize(1 + q, n);
    columns_.row(0) = residual.cwiseQuotient(scale);
    for (Index k = 0; k < q; ++k) columns_.row(1 + k) = data.trend.col(k).cwiseQuotient(scale);
}

void LocalKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                           Vector& mean, Vector& variance) const {
    const Index count = at.deformed.rows(), d = deformed_.cols(), q = parameters_.trend_coefficients.size();
    if (at.deformed.cols() != d || (q > 0 && (trend.rows() != count || trend.cols() != q)))
        throw Error(ErrorCode::dimension_mismatch, "Points and sites do not belong together.");
    const Index m = parameters_.neighbours;
    mean.resize(count);
    variance.resize(count);
    const double sill = of_observation ? parameters_.nugget_ratio : 0.0;
#pragma omp parallel
    {
        std::vector<std::int32_t> neighbours(static_cast<std::size_t>(block_size * m));
        std::vector<double> points(static_cast<std::size_t>(block_size * d));
        std::vector<double> weights(static_cast<std::size_t>(block_size * m));
        std::vector<double> variances(static_cast<std::size_t>(block_size));
        Vector sums(1 + q), h(q);
        KrigingSets sets{records_.data(), points.data(), static_cast<int>(d), neighbours.data(),
                         static_cast<int>(m), parameters_.smoothness, parameters_.nugget_ratio,
                         parameters_.jitter};
#pragma omp for schedule(dynamic)
        for (Index first = 0; first < count; first += block_size) {
            const Index used = std::min(block_size, count - first);
            for (Index i = 0; i < used; ++i) {
                double* point = points.data() + i * d;
                for (Index k = 0; k < d; ++k) point[k] = at.deformed(first + i, k);
                std::int32_t* row = neighbours.data() + i * m;
                const int found = nearest_.nearest(point, static_cast<int>(m), row);
                std::fill(row + found, row + m, -1);
            }
            kriging_weights(sets, used, weights.data(), variances.data());
            for (Index i = 0; i < used; ++i) {
                const Index p = first + i;
                if (!at.deformed.row(p).allFinite()) {
                    mean(p) = variance(p) = std::numeric_limits<double>::quiet_NaN();
                    continue;
                }
                const std::int32_t* row = neighbours.data() + i * m;
                const double* b = weights.data() + i * m;
                sums.setZero();
                for (Index j = 0; j < m && row[j] >= 0; ++j) {
                    const double* column = columns_.data() + row[j] * (1 + q);
                    for (Index c = 0; c <= q; ++c) sums(c) += b[j] * column[c];
                }
                const double scale = at.log_scale.size() > 0 ? std::exp(0.5 * at.log_scale(p)) : 1.0;
                double v = variances[static_cast<std::size_t>(i)] + sill;
                mean(p) = scale * sums(0);
                if (q > 0) {
                    mean(p) += trend.row(p).dot(parameters_.trend_coefficients);
                    h = trend.row(p).transpose() / scale - sums.tail(q);
                    v += h.dot(parameters_.trend_information_inverse.lazyProduct(h));
                }
                variance(p) = parameters_.partial_sill * std::max(v, 1e-12) * scale * scale;
            }
        }
    }
}

Matrix LocalKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                          const ProgressObserver& progress, std::stop_token stop) const {
    return sequential_simulation({deformed_, noise_scale_, columns_, parameters_}, at, trend,
                                 options, progress, std::move(stop));
}

}  // namespace anamorph
