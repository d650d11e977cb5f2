// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/tapered_covariance.h"

#include <algorithm>
#include <cmath>

#include "core/likelihood/nearest_sites.h"

namespace anamorph {

double root_mean_square_spread(const Points& points) {
    if (points.rows() == 0) return 0.0;
    const Points centred = points.rowwise() - points.colwise().mean();
    return std::sqrt(centred.squaredNorm() / static_cast<double>(points.rows()));
}

double TaperRange::squared_factor(const Points& deformed) const {
    const double factor = spread / (root_mean_square_spread(deformed) * range);
    return factor * factor;
}

Points TaperRange::scaled(const Points& deformed) const {
    return std::sqrt(squared_factor(deformed)) *
           (deformed.rowwise() - deformed.colwise().mean());
}

void TaperedCovariance::tapers(const GatheredRow& pairs, Index count, Index d, double* t) const {
    pairs.squared_distances(d, t);
    for (Index i = 0; i < count; ++i) t[i] *= squared_factor;
    anamorph::taper(taper, t, count, t);
}

void TaperedCovariance::values(const GatheredRow& pairs, Index count, Index d, double* c,
                               std::vector<double>& work) const {
    work.resize(static_cast<std::size_t>(count));
    tapers(pairs, count, d, work.data());
    pairs.correlations(*covariance, c);
    for (Index i = 0; i < count; ++i) c[i] *= work[static_cast<std::size_t>(i)];
}

Taper taper_for(const PairCovariance& covariance) {
    const auto closed = covariance.closed_form();
    return closed ? taper_for(*closed) : Taper::wendland_2;
}

Vector tapered_values(const SymmetricPattern& pattern, const Points& deformed, const Matrix& local,
                      const TaperedCovariance& covariance, const Vector& diagonal) {
    Vector values(pattern.entries());
    const auto columns = feature_columns(deformed, local);
#pragma omp parallel if (pattern.size > 500)
    {
        GatheredRow pairs;
        std::vector<double> work;
#pragma omp for schedule(static)
        for (Index j = 0; j < pattern.size; ++j) {
            const Index first = pattern.column_start[static_cast<std::size_t>(j)];
            const Index count = pattern.column_start[static_cast<std::size_t>(j) + 1] - first - 1;
            double* column = values.data() + first;
            column[0] = diagonal(j);
            pairs.gather(columns, j, columns, pattern.row.data() + first + 1, count);
            covariance.values(pairs, count, deformed.cols(), column + 1, work);
        }
    }
    return values;
}

double range_holding(const Points& sites, int neighbours) {
    const Index n = sites.rows(), d = sites.cols();
    const int m = static_cast<int>(std::min<Index>(neighbours + 1, n));  // the site itself included
    if (m < 2) return 1.0;
    const NearestSites search(sites);
    const Index step = std::max<Index>(1, n / 2000);
    std::vector<std::int32_t> found(static_cast<std::size_t>(m));
    std::vector<double> point(static_cast<std::size_t>(d)), distances;
    for (Index i = 0; i < n; i += step) {
        for (Index k = 0; k < d; ++k) point[static_cast<std::size_t>(k)] = sites(i, k);
        const int count = search.nearest(point.data(), m, found.data());
        distances.push_back((sites.row(found[static_cast<std::size_t>(count - 1)]) - sites.row(i)).norm());
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle > 0.0 ? *middle : root_mean_square_spread(sites);
}

}  // namespace anamorph
