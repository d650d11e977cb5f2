// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/feature_terms.h"

#include <omp.h>

#include <vector>

#include "core/base/error.h"

namespace anamorph {

bool site_noise_scale(const Observations& data, const SiteFeatures& features, Vector& noise) {
    const Index n = data.values.size();
    noise = data.noise_scale.size() > 0 ? data.noise_scale : Vector(Vector::Ones(n));
    if (features.log_noise.size() == 0) return true;
    if (features.log_noise.size() != n)
        throw Error(ErrorCode::dimension_mismatch, "The log-noise and the sites differ in number.");
    noise.array() *= features.log_noise.array().exp();
    return noise.allFinite() && noise.minCoeff() > 0.0;
}

bool take_coefficients(const SiteFeatures& features, PairCovariancePointer& covariance) {
    if (features.local.cols() != covariance->local_count())
        throw Error(ErrorCode::dimension_mismatch, "The covariance \"" + covariance->label() +
                                                       "\" needs local features of each site.");
    if (!features.local.allFinite() || !features.coefficients.allFinite()) return false;
    if (features.coefficients.size() > 0 && features.coefficients != covariance->coefficients())
        covariance = covariance->with(features.coefficients);
    return true;
}

void assemble_lower(const PairCovariance& covariance, const SiteFeatures& features, Matrix& k) {
    const Index n = k.rows();
    const auto columns = feature_columns(features.deformed, features.local);
    const int count = static_cast<int>(columns.size());
#pragma omp parallel
    {
        std::vector<const double*> own(columns.size()), others(columns.size());
#pragma omp for schedule(static, 8)
        for (Index j = 0; j < n; ++j) {
            for (std::size_t f = 0; f < columns.size(); ++f) {
                own[f] = columns[f] + j;
                others[f] = own[f] + 1;
            }
            covariance.correlations({own.data(), others.data(), n - j - 1, 1, count},
                                    k.col(j).data() + j + 1);
        }
    }
}

void contract_pairs(const PairCovariance& covariance, const SiteFeatures& features,
                    const std::function<void(Index j, double* w)>& column_weights,
                    Points& d_deformed, Matrix& d_local, Vector& d_coefficients) {
    const Index n = features.deformed.rows(), d = features.deformed.cols();
    const auto columns = feature_columns(features.deformed, features.local);
    const auto count = columns.size();
    const int threads = omp_in_parallel() ? 1 : omp_get_max_threads();
    std::vector<Matrix> partial(static_cast<std::size_t>(threads),
                                Matrix::Zero(n, static_cast<Index>(count)));
    std::vector<Vector> coefficients(static_cast<std::size_t>(threads),
                                     Vector::Zero(covariance.natural_count()));
#pragma omp parallel num_threads(threads)
    {
        const auto thread = static_cast<std::size_t>(threads > 1 ? omp_get_thread_num() : 0);
        Matrix& g = partial[thread];
        Vector w(n);
        std::vector<const double*> own(count), others(count);
        std::vector<double*> d_own(count), d_others(count);
        // Static and cyclic: the same threads give the same sums in the same order.
#pragma omp for schedule(static, 8)
        for (Index j = 0; j < n; ++j) {
            const Index first = j + 1, pairs = n - first;
            for (std::size_t f = 0; f < count; ++f) {
                own[f] = columns[f] + j;
                others[f] = columns[f] + first;
                d_own[f] = g.col(static_cast<Index>(f)).data() + j;
                d_others[f] = d_own[f] + 1;
            }
            column_weights(j, w.data());
            covariance.pull_back({own.data(), others.data(), pairs, 1, static_cast<int>(count)},
                                 w.data(), d_own.data(), d_others.data(),
                                 coefficients[thread].data());
        }
    }
    for (std::size_t t = 1; t < partial.size(); ++t) {
        partial[0] += partial[t];
        coefficients[0] += coefficients[t];
    }
    d_deformed = partial[0].leftCols(d);
    d_local = partial[0].rightCols(static_cast<Index>(count) - d);
    d_coefficients = covariance.by_coefficients(coefficients[0]);
}

Vector half_log_scale(const SiteFeatures& at) {
    return at.log_scale.size() > 0 ? Vector((0.5 * at.log_scale.array()).exp())
                                   : Vector(Vector::Ones(at.deformed.rows()));
}

Vector half_log_noise(const SiteFeatures& at) {
    return at.log_noise.size() > 0 ? Vector((0.5 * at.log_noise.array()).exp())
                                   : Vector(Vector::Ones(at.deformed.rows()));
}

}  // namespace anamorph
