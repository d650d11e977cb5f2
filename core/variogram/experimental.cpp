// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/variogram/experimental.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/base/random.h"

namespace anamorph {
namespace {

constexpr double kDefaultShareOfDiagonal = 0.4;

/// Running sums of one curve's distance classes.
struct ClassSums {
    std::vector<double> distance, gamma;
    std::vector<long> pairs;
    explicit ClassSums(int classes)
        : distance(static_cast<std::size_t>(classes)), gamma(distance.size()),
          pairs(distance.size()) {}
    void add(std::size_t k, double h, double half_square) {
        distance[k] += h;
        gamma[k] += half_square;
        ++pairs[k];
    }
};

void check(const Points& points, const Vector& values, const std::vector<double>& directions,
           const VariogramOptions& options) {
    if (points.rows() != values.size()) {
        throw Error(ErrorCode::dimension_mismatch,
                    "A variogram needs one value a site: " + std::to_string(points.rows()) +
                        " sites, " + std::to_string(values.size()) + " values.");
    }
    if (!options.realisation.empty() && static_cast<Index>(options.realisation.size()) != points.rows()) {
        throw Error(ErrorCode::dimension_mismatch, "A variogram needs one realisation a site.");
    }
    if (options.times.size() > 0 && options.times.size() != points.rows()) {
        throw Error(ErrorCode::dimension_mismatch, "A variogram needs one time a site.");
    }
    if (!directions.empty() && points.cols() != 2) {
        throw Error(ErrorCode::dimension_mismatch,
                    "Directional variograms are for 2 dimensions; these sites have " +
                        std::to_string(points.cols()) + ".");
    }
    if (options.classes < 1 || options.maximum_pairs < 1) {
        throw Error(ErrorCode::bad_input,
                    "A variogram needs at least one distance class and one pair.");
    }
}

/// All rows, or as many seeded random ones as give at most `maximum_pairs` pairs; of several
/// realisations some, drawn at random, and these whole.
std::vector<Index> rows_within_budget(Index n, const VariogramOptions& options) {
    const double pairs = 0.5 * static_cast<double>(n) * static_cast<double>(n - 1);
    RandomStream random(options.seed);
    if (!options.realisation.empty()) {
        std::vector<std::vector<Index>> by_realisation;
        for (Index i = 0; i < n; ++i) {
            const auto r = static_cast<std::size_t>(options.realisation[static_cast<std::size_t>(i)]);
            if (r >= by_realisation.size()) by_realisation.resize(r + 1);
            by_realisation[r].push_back(i);
        }
        std::vector<Index> rows;
        double sum = 0.0;
        for (const Index r : random.permutation(static_cast<Index>(by_realisation.size()))) {
            const auto& own = by_realisation[static_cast<std::size_t>(r)];
            const auto size = static_cast<double>(own.size());
            sum += 0.5 * size * (size - 1.0);
            if (!rows.empty() && sum > static_cast<double>(options.maximum_pairs)) break;
            rows.insert(rows.end(), own.begin(), own.end());
        }
        std::sort(rows.begin(), rows.end());
        return rows;
    }
    if (pairs <= static_cast<double>(options.maximum_pairs)) {
        std::vector<Index> all(static_cast<std::size_t>(n));
        for (Index i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = i;
        return all;
    }
    const double budget = static_cast<double>(options.maximum_pairs);
    const auto keep = static_cast<std::size_t>(0.5 * (1.0 + std::sqrt(1.0 + 8.0 * budget)));
    std::vector<Index> rows = random.permutation(n);
    rows.resize(std::max<std::size_t>(2, keep));
    std::sort(rows.begin(), rows.end());
    return rows;
}

double maximum_distance(const Points& points, const VariogramOptions& options) {
    if (options.maximum_distance > 0.0) return options.maximum_distance;
    return kDefaultShareOfDiagonal *
           (points.colwise().maxCoeff() - points.colwise().minCoeff()).norm();
}

/// Smallest angle between two undirected lines, degrees in [0, 90].
double angle_between(double a, double b) {
    const double difference = std::fmod(std::abs(a - b), 180.0);
    return std::min(difference, 180.0 - difference);
}

VariogramCurve curve_from(const ClassSums& sums) {
    VariogramCurve curve;
    for (std::size_t k = 0; k < sums.pairs.size(); ++k) {
        if (sums.pairs[k] == 0) continue;
        const auto count = static_cast<double>(sums.pairs[k]);
        curve.distance.push_back(sums.distance[k] / count);
        curve.gamma.push_back(sums.gamma[k] / count);
        curve.pairs.push_back(sums.pairs[k]);
    }
    return curve;
}

}  // namespace

std::vector<VariogramCurve> experimental_variogram(const Points& points, const Vector& values,
                                                   const std::vector<double>& directions,
                                                   const VariogramOptions& options) {
    check(points, values, directions, options);
    std::vector<ClassSums> sums(std::max<std::size_t>(1, directions.size()),
                                ClassSums(options.classes));
    const Index n = points.rows();
    const double longest = n > 1 ? maximum_distance(points, options) : 0.0;
    if (longest > 0.0) {
        // Sites as columns: each lies in one piece of memory.
        const std::vector<Index> rows = rows_within_budget(n, options);
        const Matrix x = points(rows, Eigen::all).transpose();
        const Vector z = values(rows);
        const Vector times = options.times.size() > 0 ? Vector(options.times(rows)) : Vector();
        std::vector<int> realisation;
        if (!options.realisation.empty())
            for (const Index row : rows)
                realisation.push_back(options.realisation[static_cast<std::size_t>(row)]);
        const double width = longest / options.classes;
        for (Index j = 0; j < x.cols(); ++j) {
            for (Index i = j + 1; i < x.cols(); ++i) {
                if (times.size() > 0 && std::abs(times(i) - times(j)) > options.time_tolerance) continue;
                if (!realisation.empty() && realisation[static_cast<std::size_t>(i)] !=
                                                realisation[static_cast<std::size_t>(j)])
                    continue;
                const double h = (x.col(i) - x.col(j)).norm();
                if (h > longest) continue;
                const auto k = std::min(static_cast<std::size_t>(h / width),
                                        static_cast<std::size_t>(options.classes - 1));
                const double half_square = 0.5 * (z(i) - z(j)) * (z(i) - z(j));
                if (directions.empty()) {
                    sums[0].add(k, h, half_square);
                    continue;
                }
                if (h == 0.0) continue;  // a pair at one place has no direction
                const double angle = std::atan2(x(1, i) - x(1, j), x(0, i) - x(0, j)) *
                                     180.0 / std::numbers::pi;
                for (std::size_t d = 0; d < directions.size(); ++d) {
                    if (angle_between(angle, directions[d]) <= options.angle_tolerance) {
                        sums[d].add(k, h, half_square);
                    }
                }
            }
        }
    }
    std::vector<VariogramCurve> curves;
    for (std::size_t d = 0; d < sums.size(); ++d) {
        curves.push_back(curve_from(sums[d]));
        if (!directions.empty()) curves.back().direction = directions[d];
    }
    return curves;
}

}  // namespace anamorph
