// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/feature_terms.h"

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

Vector half_log_noise(const SiteFeatures& at) {
    return at.log_noise.size() > 0 ? Vector((0.5 * at.log_noise.array()).exp())
                                   : Vector(Vector::Ones(at.deformed.rows()));
}

}  // namespace anamorph
