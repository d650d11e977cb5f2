// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/inducing_sites.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/site_ordering.h"

namespace anamorph {

namespace {

constexpr int lloyd_iterations = 25;
constexpr Index sites_per_centre = 40;
constexpr Index fewest_candidates = 10'000;

/// Rows of x without repetition, in the order of their first appearance.
Points distinct_rows(const Points& x) {
    const Index n = x.rows(), d = x.cols();
    std::vector<Index> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Index(0));
    const auto compare = [&](Index a, Index b) {
        for (Index k = 0; k < d; ++k)
            if (x(a, k) != x(b, k)) return x(a, k) < x(b, k) ? -1 : 1;
        return 0;
    };
    std::sort(order.begin(), order.end(), [&](Index a, Index b) {
        const int c = compare(a, b);
        return c != 0 ? c < 0 : a < b;
    });
    std::vector<Index> kept;
    for (std::size_t i = 0; i < order.size(); ++i)
        if (i == 0 || compare(order[i - 1], order[i]) != 0) kept.push_back(order[i]);
    std::sort(kept.begin(), kept.end());
    Points out(static_cast<Index>(kept.size()), d);
    for (std::size_t i = 0; i < kept.size(); ++i) out.row(static_cast<Index>(i)) = x.row(kept[i]);
    return out;
}

Points random_subset(const Points& x, Index count, RandomStream& random) {
    std::vector<Index> order = random.permutation(x.rows());
    order.resize(static_cast<std::size_t>(count));
    std::sort(order.begin(), order.end());
    Points out(count, x.cols());
    for (Index i = 0; i < count; ++i) out.row(i) = x.row(order[static_cast<std::size_t>(i)]);
    return out;
}

/// k-means++: each centre drawn with probability proportional to the squared distance to those
/// before it.
Points spread_start(const Points& x, Index k, RandomStream& random) {
    const Index n = x.rows();
    Points centres(k, x.cols());
    Vector nearest = Vector::Constant(n, std::numeric_limits<double>::infinity());
    Index chosen = random.below(n);
    for (Index c = 0; c < k; ++c) {
        centres.row(c) = x.row(chosen);
        nearest = nearest.cwiseMin((x.rowwise() - x.row(chosen)).rowwise().squaredNorm());
        nearest(chosen) = 0.0;
        double rest = random.uniform() * nearest.sum();
        for (chosen = 0; chosen < n - 1; ++chosen)
            if ((rest -= nearest(chosen)) < 0.0) break;
        // Rounding may end the walk on a centre; the farthest site never is one.
        if (!(nearest(chosen) > 0.0)) nearest.maxCoeff(&chosen);
    }
    return centres;
}

/// The centre nearest to each site, and its squared distance.
void assign(const Points& x, const Points& centres, std::vector<Index>& of, Vector& distance) {
    const Index n = x.rows(), k = centres.rows(), d = x.cols();
#pragma omp parallel for schedule(static)
    for (Index i = 0; i < n; ++i) {
        double best = std::numeric_limits<double>::infinity();
        Index best_centre = 0;
        for (Index c = 0; c < k; ++c) {
            double s = 0.0;
            for (Index a = 0; a < d; ++a) s += (x(i, a) - centres(c, a)) * (x(i, a) - centres(c, a));
            if (s < best) best = s, best_centre = c;
        }
        of[static_cast<std::size_t>(i)] = best_centre;
        distance(i) = best;
    }
}

Points k_means(const Points& all, Index k, std::uint64_t seed) {
    RandomStream random(seed);
    const Index enough = std::max(sites_per_centre * k, fewest_candidates);
    const Points x = all.rows() > enough ? random_subset(all, enough, random) : all;
    Points centres = spread_start(x, k, random);
    std::vector<Index> of(static_cast<std::size_t>(x.rows())), before;
    Vector distance(x.rows());
    for (int iteration = 0; iteration < lloyd_iterations; ++iteration) {
        before = of;
        assign(x, centres, of, distance);
        if (iteration > 0 && of == before) break;
        Points sums = Points::Zero(k, x.cols());
        Vector counts = Vector::Zero(k);
        for (Index i = 0; i < x.rows(); ++i) {
            sums.row(of[static_cast<std::size_t>(i)]) += x.row(i);
            counts(of[static_cast<std::size_t>(i)]) += 1.0;
        }
        for (Index c = 0; c < k; ++c) {
            if (counts(c) > 0.0) {
                centres.row(c) = sums.row(c) / counts(c);
                continue;
            }
            // An empty cluster starts again at the site farthest from its centre.
            Index farthest = 0;
            distance.maxCoeff(&farthest);
            centres.row(c) = x.row(farthest);
            distance(farthest) = 0.0;
        }
    }
    return distinct_rows(centres);
}

}  // namespace

Points inducing_sites(const Points& x, int count, InducingPlacement placement,
                      std::uint64_t seed) {
    if (count < 1) throw Error(ErrorCode::bad_input, "At least one inducing site is needed.");
    if (x.rows() == 0) throw Error(ErrorCode::bad_input, "There are no sites to place inducing sites at.");
    const Points sites = distinct_rows(x);
    if (count >= sites.rows()) return sites;
    if (placement == InducingPlacement::k_means) return k_means(sites, count, seed);
    const auto order = maximin_ordering(sites);
    Points out(count, x.cols());
    for (Index i = 0; i < count; ++i) out.row(i) = sites.row(order[static_cast<std::size_t>(i)]);
    return out;
}

}  // namespace anamorph
