// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/sequential_simulation.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <new>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/vector_exp.h"
#include "core/likelihood/site_ordering.h"
#include "core/likelihood/site_tree.h"
#include "core/predict/kriging_kernels.h"

namespace anamorph {

namespace {

constexpr Index block_size = 2048;   // points whose weights are kept at once
constexpr Index stream_points = 64;  // points that share a random stream and a thread
constexpr Index slice = 32;          // simulations that one thread carries through a block

/// Seeds of independent streams (the finaliser of splitmix64, Steele et al. 2014).
std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t x = seed + (stream + 1) * 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

/// to ← to + constant + Σ_j weight_j source_j over `count` simulations; sources are rows of `values`.
ANAMORPH_SIMD_CLONES
void add_conditional_mean(const double* weights, const std::int32_t* sources, Index used,
                          const double* values, Index row_length, const double* constant,
                          double* to, Index count) {
    double sum[slice];
    for (Index k = 0; k < count; ++k) sum[k] = to[k] + constant[k];
    for (Index j = 0; j < used; ++j) {
        const double b = weights[j];
        const double* source = values + sources[j] * row_length;
        for (Index k = 0; k < count; ++k) sum[k] += b * source[k];
    }
    for (Index k = 0; k < count; ++k) to[k] = sum[k];
}

/// Simulations of the residual field at points in their drawing order.
class Simulator {
public:
    Simulator(const ConditioningData& data, const Points& points,
              const std::vector<std::int32_t>& order, const DrawOptions& options);

    /// δβ, q×count.
    [[nodiscard]] const Matrix& trend_deviations() const { return deviations_; }
    /// Fills ranks first … first + used − 1 of `values` (rows of `count` simulations).
    template <int D>
    void draw_block(const SiteTree<D>& tree, Index first, Index used, double* values);
    [[nodiscard]] const Points& combined() const { return combined_; }

private:
    void draw_deviations();
    template <int D>
    void prepare(const SiteTree<D>& tree, Index first, Index from, Index to, double* values);
    void condition(Index first, Index used, Index draw, double* values) const;

    const ConditioningData& data_;
    const DrawOptions& options_;
    Index n_, d_, q_, m_, count_;
    Points combined_;              // sites, then points in drawing order
    std::vector<double> records_;  // of combined_
    Matrix deviations_;
    // Of the block: neighbours as places in combined_ (sites first in each row), weights, data part.
    std::vector<std::int32_t> neighbours_;
    std::vector<double> weights_;
    std::vector<double> variances_;
    std::vector<Index> sites_used_;
    Matrix from_data_;  // (1+q)×block: b'(z − Hβ̂), b'H
};

Simulator::Simulator(const ConditioningData& data, const Points& points,
                     const std::vector<std::int32_t>& order, const DrawOptions& options)
    : data_(data), options_(options), n_(data.deformed.rows()), d_(points.cols()),
      q_(data.columns.rows() - 1), m_(data.parameters.neighbours), count_(options.count) {
    const auto p = static_cast<Index>(order.size());
    combined_.resize(n_ + p, d_);
    combined_.topRows(n_) = data.deformed;
    for (Index r = 0; r < p; ++r)
        combined_.row(n_ + r) = points.row(order[static_cast<std::size_t>(r)]);
    records_.resize(static_cast<std::size_t>((n_ + p) * (d_ + 1)));
    for (Index i = 0; i < n_ + p; ++i) {
        double* record = records_.data() + i * (d_ + 1);
        for (Index k = 0; k < d_; ++k) record[k] = combined_(i, k);
        record[d_] = i < n_ ? data.noise_scale(i) : 0.0;
    }
    const Index largest = std::min(block_size, p);
    neighbours_.resize(static_cast<std::size_t>(largest * m_));
    weights_.resize(static_cast<std::size_t>(largest * m_));
    variances_.resize(static_cast<std::size_t>(largest));
    sites_used_.resize(static_cast<std::size_t>(largest));
    from_data_.resize(1 + q_, largest);
    draw_deviations();
}

void Simulator::draw_deviations() {
    deviations_.resize(q_, count_);
    if (q_ == 0) return;
    const Eigen::LDLT<Matrix> factor(data_.parameters.trend_information_inverse);
    const Vector root = factor.vectorD().cwiseMax(0.0).cwiseSqrt();
    RandomStream random(stream_seed(options_.seed, 0));
    for (Index k = 0; k < count_; ++k) {
        Vector z = root.cwiseProduct(random.normals(q_));
        z = factor.matrixL() * z;
        deviations_.col(k) = std::sqrt(data_.parameters.partial_sill) *
                             (factor.transpositionsP().transpose() * z);
    }
}

/// Neighbours, weights and the random part of the points `from` … `to` − 1 of a block.
template <int D>
void Simulator::prepare(const SiteTree<D>& tree, Index first, Index from, Index to,
                        double* values) {
    std::vector<FoundSite> found(static_cast<std::size_t>(m_));
    for (Index i = from; i < to; ++i) {
        std::array<double, D> point;
        for (int k = 0; k < D; ++k) point[static_cast<std::size_t>(k)] = combined_(n_ + first + i, k);
        const int number = tree.nearest(point, static_cast<int>(m_),
                                        static_cast<std::int32_t>(n_ + first + i), found.data());
        // Sites in front, each part nearest first: the data's part is summed once for all simulations.
        const auto middle = std::stable_partition(
            found.begin(), found.begin() + number,
            [this](const FoundSite& site) { return site.position < n_; });
        sites_used_[static_cast<std::size_t>(i)] = middle - found.begin();
        for (Index j = 0; j < m_; ++j)
            neighbours_[static_cast<std::size_t>(i * m_ + j)] =
                j < number ? found[static_cast<std::size_t>(j)].position : -1;
    }
    const LocalKrigingParameters& p = data_.parameters;
    std::vector<double> points(static_cast<std::size_t>((to - from) * d_));
    for (Index i = from; i < to; ++i)
        for (Index k = 0; k < d_; ++k)
            points[static_cast<std::size_t>((i - from) * d_ + k)] = combined_(n_ + first + i, k);
    kriging_weights({records_.data(), points.data(), static_cast<int>(d_),
                     neighbours_.data() + from * m_, static_cast<int>(m_), p.smoothness,
                     p.nugget_ratio, p.jitter},
                    to - from, weights_.data() + from * m_, variances_.data() + from);
    RandomStream random(stream_seed(
        options_.seed, 1 + static_cast<std::uint64_t>((first + from) / stream_points)));
    for (Index i = from; i < to; ++i) {
        from_data_.col(i).setZero();
        for (Index j = 0; j < sites_used_[static_cast<std::size_t>(i)]; ++j) {
            const auto at = static_cast<std::size_t>(i * m_ + j);
            from_data_.col(i) += weights_[at] * data_.columns.col(neighbours_[at]);
        }
        const double sd =
            std::sqrt(p.partial_sill * std::max(variances_[static_cast<std::size_t>(i)], 0.0));
        double* row = values + (first + i) * count_;
        for (Index k = 0; k < count_; ++k) row[k] = sd * random.normal();
    }
}

/// Adds the conditional means of simulations draw … draw + slice − 1, point after point.
void Simulator::condition(Index first, Index used, Index draw, double* values) const {
    const Index count = std::min(slice, count_ - draw);
    std::vector<std::int32_t> sources(static_cast<std::size_t>(m_));
    double constant[slice];
    for (Index i = 0; i < used; ++i) {
        const std::int32_t* row = neighbours_.data() + i * m_;
        const Index sites = sites_used_[static_cast<std::size_t>(i)];
        Index number = 0;
        for (Index j = sites; j < m_ && row[j] >= 0; ++j)
            sources[static_cast<std::size_t>(number++)] = row[j] - static_cast<std::int32_t>(n_);
        for (Index k = 0; k < count; ++k) {
            constant[k] = from_data_(0, i);
            for (Index c = 0; c < q_; ++c)
                constant[k] -= from_data_(1 + c, i) * deviations_(c, draw + k);
        }
        add_conditional_mean(weights_.data() + i * m_ + sites, sources.data(), number,
                             values + draw, count_, constant, values + (first + i) * count_ + draw,
                             count);
    }
}

template <int D>
void Simulator::draw_block(const SiteTree<D>& tree, Index first, Index used, double* values) {
#pragma omp parallel for schedule(dynamic)
    for (Index from = 0; from < used; from += stream_points)
        prepare(tree, first, from, std::min(used, from + stream_points), values);
#pragma omp parallel for schedule(dynamic)
    for (Index draw = 0; draw < count_; draw += slice) condition(first, used, draw, values);
}

/// From residuals by rank to the field by point: trend, log-scale and nugget added.
Matrix assembled(const ConditioningData& data, const SiteFeatures& at, const Matrix& trend,
                 const DrawOptions& options, const std::vector<std::int32_t>& order,
                 const Matrix& deviations, const std::vector<double>& values) {
    const Index p = at.deformed.rows(), count = options.count;
    const LocalKrigingParameters& parameters = data.parameters;
    Matrix draws(p, count);
    const double noise_sd = std::sqrt(parameters.partial_sill * parameters.nugget_ratio);
#pragma omp parallel for schedule(dynamic)
    for (Index first = 0; first < p; first += stream_points) {
        RandomStream random(stream_seed(options.seed ^ 0x6e6f697365ULL,
                                        static_cast<std::uint64_t>(first / stream_points)));
        for (Index r = first; r < std::min(p, first + stream_points); ++r) {
            const Index i = order[static_cast<std::size_t>(r)];
            const double scale = at.log_scale.size() > 0 ? std::exp(0.5 * at.log_scale(i)) : 1.0;
            for (Index k = 0; k < count; ++k) {
                double value = values[static_cast<std::size_t>(r * count + k)];
                if (options.of_observation) value += noise_sd * random.normal();
                draws(i, k) = scale * value;
            }
        }
    }
    if (trend.cols() > 0) {
        const Matrix beta = deviations.colwise() + parameters.trend_coefficients;
        draws.noalias() += trend * beta;
    }
    return draws;
}

void check(const ConditioningData& data, const SiteFeatures& at, const Matrix& trend,
           const DrawOptions& options) {
    const Index p = at.deformed.rows(), q = data.columns.rows() - 1;
    if (at.deformed.cols() != data.deformed.cols() || trend.cols() != q || (q > 0 && trend.rows() != p) ||
        (at.log_scale.size() > 0 && at.log_scale.size() != p))
        throw Error(ErrorCode::dimension_mismatch, "Points and sites do not belong together.");
    if (options.count < 1)
        throw Error(ErrorCode::bad_input, "The number of simulations must be at least 1.");
    if (p + data.deformed.rows() > 2'000'000'000)
        throw Error(ErrorCode::unsupported, "More than two thousand million points cannot be drawn together.");
}

}  // namespace

Matrix sequential_simulation(const ConditioningData& data, const SiteFeatures& at,
                             const Matrix& trend, const DrawOptions& options,
                             const ProgressObserver& progress, std::stop_token stop) {
    check(data, at, trend, options);
    const Index p = at.deformed.rows();
    if (p == 0) return Matrix(0, options.count);
    ProgressMeter meter(progress, "Conditional simulation");
    meter.report(0.0);
    try {
        const std::vector<std::int32_t> order = maximin_ordering(at.deformed);
        throw_if_cancelled(stop);
        Simulator simulator(data, at.deformed, order, options);
        std::vector<double> values(static_cast<std::size_t>(p * options.count));
        with_dimension(at.deformed.cols(), [&](auto d) {
            const SiteTree<d()> tree(simulator.combined(), nullptr);
            for (Index first = 0; first < p; first += block_size) {
                throw_if_cancelled(stop);
                simulator.draw_block(tree, first, std::min(block_size, p - first), values.data());
                meter.report(static_cast<double>(first) / static_cast<double>(p));
            }
        });
        Matrix draws = assembled(data, at, trend, options, order, simulator.trend_deviations(), values);
        meter.report(1.0);
        return draws;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    std::to_string(options.count) + " simulations at " + std::to_string(p) +
                        " points do not fit in memory.",
                    "Draw fewer at a time, with other seeds.");
    }
}

}  // namespace anamorph
