// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/local_kriging.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/likelihood/feature_terms.h"
#include "core/predict/local_kriging_block.h"

namespace anamorph {

namespace {

/// The sites' features, once everything about them and the parameters is in order.
const Points& checked(const Observations& data, const SiteFeatures& features,
                      const LocalKrigingParameters& p) {
    const Index n = data.values.size(), q = p.trend_coefficients.size();
    if (features.deformed.rows() != n || data.trend.cols() != q ||
        (q > 0 && data.trend.rows() != n) || p.trend_information_inverse.rows() != q ||
        p.trend_information_inverse.cols() != q)
        throw Error(ErrorCode::dimension_mismatch,
                    "Sites, values, trend and trend coefficients do not belong together.");
    if (p.neighbours < 1 || p.neighbours > 200)
        throw Error(ErrorCode::bad_input, "The number of neighbours must lie between 1 and 200.");
    if (features.local.cols() != p.covariance->local_count())
        throw Error(ErrorCode::dimension_mismatch, "The covariance's local features are missing.");
    if (!features.deformed.allFinite() || !data.values.allFinite() ||
        !std::isfinite(p.nugget_ratio) || !std::isfinite(p.partial_sill) ||
        !p.trend_coefficients.allFinite())
        throw Error(ErrorCode::not_finite, "The sites or the model's parameters are not finite.");
    return features.deformed;
}

}  // namespace

LocalKriging::LocalKriging(const Observations& data, const SiteFeatures& features,
                           const LocalKrigingParameters& parameters)
    : parameters_(parameters),
      deformed_(checked(data, features, parameters)),
      local_(features.local),
      nearest_(deformed_) {
    const Index n = deformed_.rows(), d = deformed_.cols(), all = d + local_.cols(),
                q = parameters_.trend_coefficients.size();
    if (!site_noise_scale(data, features, noise_scale_))
        throw Error(ErrorCode::not_finite, "The noise of a site is not a positive number.");
    records_.resize(static_cast<std::size_t>(n * (all + 1)));
    for (Index i = 0; i < n; ++i) {
        double* record = records_.data() + i * (all + 1);
        for (Index k = 0; k < d; ++k) record[k] = deformed_(i, k);
        for (Index k = d; k < all; ++k) record[k] = local_(i, k - d);
        record[all] = noise_scale_(i);
    }
    const Vector scale = half_log_scale(features);
    Vector residual = data.values;
    if (q > 0) residual -= data.trend * parameters_.trend_coefficients;
    columns_.resize(1 + q, n);
    columns_.row(0) = residual.cwiseQuotient(scale);
    for (Index k = 0; k < q; ++k) columns_.row(1 + k) = data.trend.col(k).cwiseQuotient(scale);
}

void LocalKriging::check_points(const SiteFeatures& at, const Matrix& trend) const {
    const Index count = at.deformed.rows(), q = parameters_.trend_coefficients.size();
    if (at.deformed.cols() != deformed_.cols() ||
        (q > 0 && (trend.rows() != count || trend.cols() != q)) ||
        (at.log_scale.size() > 0 && at.log_scale.size() != count) ||
        at.local.cols() != local_.cols() || (local_.cols() > 0 && at.local.rows() != count))
        throw Error(ErrorCode::dimension_mismatch, "Points and sites do not belong together.");
}

LocalKriging::Block::Block(const LocalKriging& kriging)
    : kriging_(kriging),
      m_(kriging.parameters_.neighbours),
      d_(kriging.deformed_.cols()),
      features_(d_ + kriging.local_.cols()),
      neighbours_(static_cast<std::size_t>(size * m_)),
      points_(static_cast<std::size_t>(size * features_)),
      weights_(static_cast<std::size_t>(size * m_)),
      variances_(static_cast<std::size_t>(size)),
      sums_(kriging.columns_.rows()) {}

void LocalKriging::Block::find_neighbours(const SiteFeatures& at, Index first, Index used) {
    for (Index i = 0; i < used; ++i) {
        double* point = points_.data() + i * features_;
        for (Index k = 0; k < d_; ++k) point[k] = at.deformed(first + i, k);
        for (Index k = d_; k < features_; ++k) point[k] = at.local(first + i, k - d_);
        std::int32_t* row = neighbours_.data() + i * m_;
        const int found = kriging_.nearest_.nearest(point, static_cast<int>(m_), row);
        std::fill(row + found, row + m_, -1);
    }
}

void LocalKriging::Block::find_weights(Index used) {
    const LocalKrigingParameters& p = kriging_.parameters_;
    KrigingSets sets;
    sets.records = kriging_.records_.data();
    sets.points = points_.data();
    sets.dimension = static_cast<int>(features_);
    sets.neighbours = neighbours_.data();
    sets.neighbour_count = static_cast<int>(m_);
    sets.nugget_ratio = p.nugget_ratio;
    sets.jitter = p.jitter;
    set_covariance(sets, *p.covariance);
    kriging_weights(sets, used, weights_.data(), variances_.data());
}

const Vector& LocalKriging::Block::weighted_columns(Index i) {
    const std::int32_t* row = neighbours(i);
    const double* b = weights(i);
    sums_.setZero();
    for (Index j = 0; j < m_ && row[j] >= 0; ++j) {
        const double* column = kriging_.columns_.data() + row[j] * sums_.size();
        for (Index c = 0; c < sums_.size(); ++c) sums_(c) += b[j] * column[c];
    }
    return sums_;
}

void LocalKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                           Vector& mean, Vector& variance) const {
    check_points(at, trend);
    const Index count = at.deformed.rows(), q = parameters_.trend_coefficients.size();
    mean.resize(count);
    variance.resize(count);
    const double nugget = of_observation ? parameters_.nugget_ratio : 0.0;
#pragma omp parallel
    {
        Block block(*this);
        Vector h(q);
#pragma omp for schedule(dynamic)
        for (Index first = 0; first < count; first += Block::size) {
            const Index used = std::min(Block::size, count - first);
            block.find_neighbours(at, first, used);
            block.find_weights(used);
            for (Index i = 0; i < used; ++i) {
                const Index p = first + i;
                if (!at.deformed.row(p).allFinite()) {
                    mean(p) = variance(p) = std::numeric_limits<double>::quiet_NaN();
                    continue;
                }
                const Vector& sums = block.weighted_columns(i);
                const double scale =
                    at.log_scale.size() > 0 ? std::exp(0.5 * at.log_scale(p)) : 1.0;
                double v = block.variance(i) +
                           (at.log_noise.size() > 0 ? nugget * std::exp(at.log_noise(p)) : nugget);
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

}  // namespace anamorph
