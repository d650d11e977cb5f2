// SPDX-License-Identifier: GPL-3.0-or-later
// Conditional simulation by kriging from neighbours.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"
#include "core/predict/local_kriging_block.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

namespace {

// Seeds of what is drawn beside the field.
constexpr std::uint64_t of_trend = 0x7472656e64ULL, of_sites = 0x7369746573ULL,
                        of_points = 0x706f696e7473ULL;
constexpr Index stream_sites = 64;  // sites that share a random stream

}  // namespace

/// δβ ~ N(0, σ²(H'C⁻¹H)⁻¹), q×count.
Matrix LocalKriging::trend_deviations(const DrawOptions& options) const {
    const Index q = parameters_.trend_coefficients.size();
    Matrix deviations(q, options.count);
    if (q == 0) return deviations;
    const Matrix root = std::sqrt(parameters_.partial_sill) *
                        SymmetricFactor(parameters_.trend_information_inverse).root();
    RandomStream random(stream_seed(options.seed ^ of_trend, 0));
    for (Index k = 0; k < options.count; ++k) {
        // No BLAS: its rounding depends on the number of threads.
        deviations.col(k) = root.lazyProduct(random.normals(q));
    }
    return deviations;
}

/// Places among the used sites, by site number (−1: unused), and their coordinates.
std::vector<std::int32_t> LocalKriging::places_of_used_sites(const SiteFeatures& at,
                                                             SiteFeatures& used) const {
    const Index n = deformed_.rows(), count = at.deformed.rows(), m = parameters_.neighbours;
    std::vector<std::int32_t> places(static_cast<std::size_t>(n), -1);
#pragma omp parallel
    {
        Block block(*this);
#pragma omp for schedule(dynamic)
        for (Index first = 0; first < count; first += Block::size) {
            const Index points = std::min(Block::size, count - first);
            block.find_neighbours(at, first, points);
            for (Index i = 0; i < points; ++i)
                for (Index j = 0; j < m && block.neighbours(i)[j] >= 0; ++j)
                    std::atomic_ref(places[static_cast<std::size_t>(block.neighbours(i)[j])])
                        .store(0, std::memory_order_relaxed);
        }
    }
    std::int32_t number = 0;
    for (std::int32_t& place : places)
        if (place == 0) place = number++;
    used.deformed.resize(number, deformed_.cols());
    used.local.resize(number, local_.cols());
    for (Index i = 0; i < n; ++i)
        if (const std::int32_t place = places[static_cast<std::size_t>(i)]; place >= 0) {
            used.deformed.row(place) = deformed_.row(i);
            used.local.row(place) = local_.row(i);
        }
    return places;
}

/// Makes observations of the field's values at the used sites.
void LocalKriging::add_site_noise(const std::vector<std::int32_t>& places, Index first_place,
                                  const DrawOptions& options, UnconditionalField& field) const {
    const Index n = deformed_.rows();
#pragma omp parallel for schedule(dynamic)
    for (Index first = 0; first < n; first += stream_sites) {
        RandomStream random(stream_seed(options.seed ^ of_sites,
                                        static_cast<std::uint64_t>(first / stream_sites)));
        for (Index i = first; i < std::min(n, first + stream_sites); ++i) {
            const std::int32_t place = places[static_cast<std::size_t>(i)];
            if (place < 0) continue;
            const double sd = std::sqrt(parameters_.nugget_ratio * noise_scale_(i));
            double* values = field.at(first_place + place);
            for (int k = 0; k < options.count; ++k) values[k] += sd * random.normal();
        }
    }
}

Matrix LocalKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                          const ProgressObserver& progress, std::stop_token stop) const {
    check_points(at, trend);
    if (options.count < 1)
        throw Error(ErrorCode::bad_input, "The number of simulations must be at least 1.");
    const Index p = at.deformed.rows(), q = parameters_.trend_coefficients.size(),
                m = parameters_.neighbours, count = options.count;
    if (!at.deformed.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be simulated has a coordinate that is no number.");
    try {
        SiteFeatures used;
        const std::vector<std::int32_t> places = places_of_used_sites(at, used);
        Points all(p + used.deformed.rows(), at.deformed.cols());
        all << at.deformed, used.deformed;
        Matrix all_local(all.rows(), local_.cols());
        if (local_.cols() > 0) all_local << at.local, used.local;
        const auto drawn_field = simulate_without_data(
            all, all_local,
            {parameters_.covariance, std::max(30, parameters_.neighbours), parameters_.jitter,
             options.count, options.seed, options.method},
            progress, stop);
        UnconditionalField& field = *drawn_field;
        if (parameters_.nugget_ratio > 0.0) add_site_noise(places, p, options, field);
        throw_if_cancelled(stop);
        const Matrix deviations = trend_deviations(options);
        const double sd = std::sqrt(parameters_.partial_sill);
        const double noise_sd = options.of_observation ? std::sqrt(parameters_.nugget_ratio) : 0.0;
        const Vector noise = half_log_noise(at);
        Matrix draws(p, count);
#pragma omp parallel
        {
            Block block(*this);
            Matrix buffer(count, Block::size);
            Vector h(q);
#pragma omp for schedule(dynamic)
            for (Index first = 0; first < p; first += Block::size) {
                const Index points = std::min(Block::size, p - first);
                block.find_neighbours(at, first, points);
                block.find_weights(points);
                RandomStream random(stream_seed(options.seed ^ of_points,
                                                static_cast<std::uint64_t>(first / Block::size)));
                for (Index i = 0; i < points; ++i) {
                    const double scale =
                        at.log_scale.size() > 0 ? std::exp(0.5 * at.log_scale(first + i)) : 1.0;
                    auto drawn = buffer.col(i);
                    drawn = Eigen::Map<const Vector>(field.at(first + i), count);
                    for (Index j = 0; j < m && block.neighbours(i)[j] >= 0; ++j) {
                        const auto site = static_cast<std::size_t>(block.neighbours(i)[j]);
                        drawn -= block.weights(i)[j] *
                                 Eigen::Map<const Vector>(field.at(p + places[site]), count);
                    }
                    if (noise_sd > 0.0)
                        for (Index k = 0; k < count; ++k) drawn(k) += noise_sd * noise(first + i) * random.normal();
                    const Vector& sums = block.weighted_columns(i);
                    drawn = (scale * sd * drawn.array() + scale * sums(0)).matrix();
                    if (q == 0) continue;
                    h = trend.row(first + i).transpose() - scale * sums.tail(q);
                    drawn.noalias() += deviations.transpose().lazyProduct(h);
                    drawn.array() += trend.row(first + i).dot(parameters_.trend_coefficients);
                }
                draws.middleRows(first, points) = buffer.leftCols(points).transpose();
            }
        }
        if (progress) progress({1.0, 0.0, "Conditional simulation"});
        return draws;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    std::to_string(count) + " simulations at " + std::to_string(p) +
                        " points do not fit in memory.",
                    "Draw fewer at a time, with other seeds.");
    }
}

}  // namespace anamorph
