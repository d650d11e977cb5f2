// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/chain_diagnostics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace anamorph {

namespace {

/// Each chain's first and second half: (n/2)×(2 chains).
Matrix halves_of(const Matrix& series) {
    const Index half = series.rows() / 2, chains = series.cols();
    Matrix halves(half, 2 * chains);
    halves << series.topRows(half), series.bottomRows(half);
    return halves;
}

struct Variances {
    double within = 0.0;  ///< W
    double total = 0.0;   ///< var⁺ = (n − 1)/n W + B/n
};

Variances variances_of(const Matrix& halves) {
    const auto n = static_cast<double>(halves.rows()), m = static_cast<double>(halves.cols());
    const Eigen::RowVectorXd means = halves.colwise().mean();
    Variances v;
    v.within = (halves.rowwise() - means).squaredNorm() / (m * (n - 1.0));
    const double between = (means.array() - means.mean()).square().sum() / (m - 1.0);  // B/n
    v.total = (n - 1.0) / n * v.within + between;
    return v;
}

}  // namespace

double split_r_hat(const Matrix& series) {
    const Variances v = variances_of(halves_of(series));
    return v.within > 0.0 ? std::sqrt(v.total / v.within) : std::numeric_limits<double>::quiet_NaN();
}

double effective_sample_size(const Matrix& series) {
    const Matrix halves = halves_of(series);
    const Index n = halves.rows();
    const Variances v = variances_of(halves);
    const auto all = static_cast<double>(halves.size());
    if (!(v.total > 0.0)) return all;
    const Matrix centred = halves.rowwise() - halves.colwise().mean();
    const auto correlation = [&](Index lag) {
        const double covariance =
            centred.topRows(n - lag).cwiseProduct(centred.bottomRows(n - lag)).sum() / all;
        return 1.0 - (v.within - covariance) / v.total;
    };
    double sum = 0.0, previous = std::numeric_limits<double>::infinity();
    for (Index t = 0; t + 1 < n; t += 2) {
        const double pair = std::min(previous, (t == 0 ? 1.0 : correlation(t)) + correlation(t + 1));
        if (!(pair > 0.0)) break;
        sum += pair;
        previous = pair;
    }
    return all / std::max(2.0 * sum - 1.0, 1.0 / std::log10(all));
}

double energy_fraction_of(const Vector& energies) {
    const Index n = energies.size();
    const double spread = (energies.array() - energies.mean()).square().sum();
    return spread > 0.0 ? (energies.tail(n - 1) - energies.head(n - 1)).squaredNorm() / spread : 0.0;
}

}  // namespace anamorph
