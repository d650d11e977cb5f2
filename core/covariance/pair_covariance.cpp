// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/covariance/pair_covariance.h"

#include "core/base/error.h"

namespace anamorph {

std::vector<const double*> feature_columns(const Points& deformed, const Matrix& local, Index first) {
    std::vector<const double*> columns;
    for (Index f = 0; f < deformed.cols(); ++f) columns.push_back(deformed.col(f).data() + first);
    for (Index f = 0; f < local.cols(); ++f) columns.push_back(local.col(f).data() + first);
    return columns;
}

Matrix cross_correlation(const PairCovariance& covariance, const Points& a_deformed,
                         const Matrix& a_local, const Points& b_deformed, const Matrix& b_local) {
    if (a_local.cols() != covariance.local_count() || b_local.cols() != covariance.local_count())
        throw Error(ErrorCode::dimension_mismatch, "Local features of the covariance are missing.");
    const Index m = a_deformed.rows(), n = b_deformed.rows();
    Matrix rho(m, n);
    const auto others = feature_columns(a_deformed, a_local);
#pragma omp parallel for schedule(static) if (m * n > 10'000)
    for (Index j = 0; j < n; ++j) {
        const auto own = feature_columns(b_deformed, b_local, j);
        covariance.correlations({own.data(), others.data(), m, 1, static_cast<int>(own.size())},
                                rho.col(j).data());
    }
    return rho;
}

}  // namespace anamorph
