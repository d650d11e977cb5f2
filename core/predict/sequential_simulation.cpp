// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/sequential_simulation.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/vector_exp.h"
#include "core/likelihood/site_ordering.h"
#include "core/likelihood/site_tree.h"
#include "core/predict/kriging_kernels.h"

namespace anamorph {

namespace {

constexpr Index block_size = 4096;   // points whose weights are kept at once
constexpr Index stream_points = 64;  // points that share a random stream and a thread
constexpr Index slice = 32;          // simulations that one thread carries through a block

/// to ← to + Σ_j weight_j source_j over `count` ≤ slice simulations; sources are rows of `values`.
ANAMORPH_SIMD_CLONES
void add_conditional_mean(const double* weights, const std::int32_t* sources, Index used,
                          const double* values, Index row_length, double* to, Index count) {
    double sum[slice];
    for (Index k = 0; k < count; ++k) sum[k] = to[k];
    for (Index j = 0; j < used; ++j) {
        const double b = weights[j];
        const double* source = values + sources[j] * row_length;
        for (Index k = 0; k < count; ++k) sum[k] += b * source[k];
    }
    for (Index k = 0; k < count; ++k) to[k] = sum[k];
}

/// Carries the simulations through one block of points after the other.
template <int D>
class BlockSimulator {
public:
    BlockSimulator(const Points& points, const Matrix& local, const std::vector<std::int32_t>& rank,
                   const UnconditionalOptions& options)
        : tree_(points, rank.data()),
          options_(options),
          m_(options.neighbours),
          features_(D + local.cols()) {
        const Index p = points.rows();
        records_.resize(static_cast<std::size_t>(p * (features_ + 1)), 0.0);
        for (Index i = 0; i < p; ++i) {
            double* record = records_.data() + rank[static_cast<std::size_t>(i)] * (features_ + 1);
            for (int k = 0; k < D; ++k) record[k] = points(i, k);
            for (Index k = D; k < features_; ++k) record[k] = local(i, k - D);
        }
        const auto largest = static_cast<std::size_t>(std::min(block_size, p));
        neighbours_.resize(largest * static_cast<std::size_t>(m_));
        weights_.resize(neighbours_.size());
        variances_.resize(largest);
    }

    /// Fills ranks first … first + used − 1 of `values`.
    void draw(Index first, Index used, double* values) {
#pragma omp parallel for schedule(dynamic)
        for (Index from = 0; from < used; from += stream_points)
            prepare(first, from, std::min(used, from + stream_points), values);
#pragma omp parallel for schedule(dynamic)
        for (Index simulation = 0; simulation < options_.count; simulation += slice)
            condition(first, used, simulation, values);
    }

private:
    /// Neighbours, weights and the random part of the points `from` … `to` − 1 of a block.
    void prepare(Index first, Index from, Index to, double* values) {
        std::vector<FoundSite> found(static_cast<std::size_t>(m_));
        std::vector<double> points(static_cast<std::size_t>((to - from) * features_));
        for (Index i = from; i < to; ++i) {
            const double* record = records_.data() + (first + i) * (features_ + 1);
            std::array<double, D> point;
            std::copy_n(record, D, point.begin());
            std::copy_n(record, features_, points.begin() + (i - from) * features_);
            const int number = tree_.nearest(point, static_cast<int>(m_),
                                             static_cast<std::int32_t>(first + i), found.data());
            std::int32_t* row = neighbours_.data() + i * m_;
            for (int j = 0; j < number; ++j) row[j] = found[static_cast<std::size_t>(j)].position;
            std::fill(row + number, row + m_, -1);
        }
        KrigingSets sets;
        sets.records = records_.data();
        sets.points = points.data();
        sets.dimension = static_cast<int>(features_);
        sets.neighbours = neighbours_.data() + from * m_;
        sets.neighbour_count = static_cast<int>(m_);
        sets.jitter = options_.jitter;
        set_covariance(sets, *options_.covariance);
        kriging_weights(sets, to - from, weights_.data() + from * m_, variances_.data() + from);
        RandomStream random(stream_seed(
            options_.seed, static_cast<std::uint64_t>((first + from) / stream_points)));
        for (Index i = from; i < to; ++i) {
            const double sd = std::sqrt(std::max(variances_[static_cast<std::size_t>(i)], 0.0));
            double* row = values + (first + i) * options_.count;
            for (int k = 0; k < options_.count; ++k) row[k] = sd * random.normal();
        }
    }

    /// Adds the conditional means of a slice of simulations, point after point.
    void condition(Index first, Index used, Index simulation, double* values) const {
        const Index length = options_.count, count = std::min(slice, length - simulation);
        for (Index i = 0; i < used; ++i)
            add_conditional_mean(weights_.data() + i * m_, neighbours_.data() + i * m_,
                                 std::min(m_, first + i), values + simulation, length,
                                 values + (first + i) * length + simulation, count);
    }

    const SiteTree<D> tree_;
    const UnconditionalOptions& options_;
    const Index m_, features_;
    std::vector<double> records_;  // by rank: features, no noise
    std::vector<std::int32_t> neighbours_;  // of the block, as ranks
    std::vector<double> weights_, variances_;
};

}  // namespace

std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t x = seed * 0xd1342543de82ef95ULL + (stream + 1) * 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

SequentialSimulation::SequentialSimulation(const Points& points, const Matrix& local,
                                           const UnconditionalOptions& options,
                                           const ProgressObserver& progress,
                                           const std::stop_token& stop)
    : count_(options.count) {
    const Index p = points.rows();
    if (p > 2'000'000'000)
        throw Error(ErrorCode::unsupported, "More than two thousand million points cannot be drawn together.");
    ProgressMeter meter(progress, "Conditional simulation");
    meter.report(0.0);
    const std::vector<std::int32_t> order = maximin_ordering(points);
    throw_if_cancelled(stop);
    rank_.resize(order.size());
    for (std::size_t r = 0; r < order.size(); ++r)
        rank_[static_cast<std::size_t>(order[r])] = static_cast<std::int32_t>(r);
    values_.resize(static_cast<std::size_t>(p * count_));
    if (p == 0) return;
    with_dimension(points.cols(), [&](auto d) {
        BlockSimulator<d()> simulator(points, local, rank_, options);
        for (Index first = 0; first < p; first += block_size) {
            throw_if_cancelled(stop);
            simulator.draw(first, std::min(block_size, p - first), values_.data());
            meter.report(static_cast<double>(first) / static_cast<double>(p));
        }
    });
}

}  // namespace anamorph
