// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/latent_kriging.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/likelihood/feature_terms.h"
#include "core/likelihood/lapack.h"
#include "core/predict/kriging_kernels.h"
#include "core/predict/sequential_simulation.h"

namespace anamorph {

namespace {

constexpr int fewest_neighbours = 30;  // of a point: cheap beside the factor
constexpr int most_neighbours = 200;   // that the kernels take
constexpr Index points_together = 48;
constexpr double smallest_relative_variance = 1e-12;

}  // namespace

LatentKriging::LatentKriging(const SiteFeatures& sites, LatentPosterior posterior)
    : deformed_(sites.deformed), local_(sites.local), posterior_(std::move(posterior)), nearest_(deformed_) {
    const Index n = deformed_.rows(), d = deformed_.cols(), all = d + local_.cols();
    records_.assign(static_cast<std::size_t>(n * (all + 1)), 0.0);
    for (Index i = 0; i < n; ++i) {
        double* record = records_.data() + i * (all + 1);
        for (Index k = 0; k < d; ++k) record[k] = deformed_(i, k);
        for (Index k = d; k < all; ++k) record[k] = local_(i, k - d);
    }
}

void LatentKriging::check_points(const SiteFeatures& at) const {
    if (at.deformed.cols() != deformed_.cols() || at.local.cols() != local_.cols() ||
        (local_.cols() > 0 && at.local.rows() != at.deformed.rows()))
        throw Error(ErrorCode::dimension_mismatch, "Points and sites do not belong together.");
}

LatentKriging::Weights LatentKriging::weights_of(const SiteFeatures& at, Index first, Index p) const {
    const Index d = deformed_.cols(), all = d + local_.cols();
    Weights found;
    found.m = std::min<Index>({deformed_.rows(), most_neighbours,
                               std::max(posterior_.neighbours, fewest_neighbours)});
    const auto entries = static_cast<std::size_t>(p * found.m);
    found.site.assign(entries, -1);
    found.weight.assign(entries, 0.0);
    found.variance.assign(static_cast<std::size_t>(p), 0.0);
    std::vector<double> points(static_cast<std::size_t>(p * all));
    for (Index j = 0; j < p; ++j) {
        double* point = points.data() + j * all;
        for (Index k = 0; k < d; ++k) point[k] = at.deformed(first + j, k);
        for (Index k = d; k < all; ++k) point[k] = at.local(first + j, k - d);
        (void)nearest_.nearest(point, static_cast<int>(found.m), found.site.data() + j * found.m);
    }
    KrigingSets sets;
    sets.records = records_.data();
    sets.points = points.data();
    sets.dimension = static_cast<int>(all);
    sets.neighbours = found.site.data();
    sets.neighbour_count = static_cast<int>(found.m);
    sets.jitter = posterior_.jitter;
    set_covariance(sets, *posterior_.covariance);
    kriging_weights(sets, p, found.weight.data(), found.variance.data());
    return found;
}

void LatentKriging::predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                            Vector& mean, Vector& variance) const {
    const Index p = at.deformed.rows(), q = trend_coefficients().size();
    check_points(at);
    const Vector scale = half_log_scale(at);
    mean.resize(p);
    variance.resize(p);
    const Vector noise = of_observation ? Vector(posterior_.nugget_ratio * half_log_noise(at).cwiseAbs2())
                                        : Vector(Vector::Zero(p));
    const Index blocks = (p + points_together - 1) / points_together;
    std::atomic<bool> out_of_memory{false};
    const BlasThreads one(1);
#pragma omp parallel for schedule(dynamic)
    for (Index block = 0; block < blocks; ++block) {
        try {
            const Index first = block * points_together, count = std::min(points_together, p - first);
            const Weights b = weights_of(at, first, count);
            SparseColumns columns;
            for (Index j = 0; j < count; ++j) {
                for (Index k = j * b.m; k < (j + 1) * b.m; ++k) {
                    columns.row.push_back(b.site[static_cast<std::size_t>(k)]);
                    columns.value.push_back(b.weight[static_cast<std::size_t>(k)]);
                }
                columns.start.push_back(static_cast<std::int32_t>(columns.row.size()));
            }
            const Vector of_sites = posterior_.precision->inverse_quadratic_forms(columns);
            for (Index j = 0; j < count; ++j) {
                const Index point = first + j;
                double value = 0.0, share = b.variance[static_cast<std::size_t>(j)] + of_sites(j) + noise(point);
                Vector h = q > 0 ? Vector(trend.row(point).transpose() / scale(point)) : Vector();
                for (auto k = static_cast<std::size_t>(j * b.m); k < static_cast<std::size_t>((j + 1) * b.m); ++k) {
                    value += b.weight[k] * posterior_.mean(b.site[k]);
                    if (q > 0) h -= b.weight[k] * posterior_.trend_seen.row(b.site[k]).transpose();
                }
                mean(point) = scale(point) * value;
                if (q > 0) {
                    mean(point) += trend.row(point).dot(trend_coefficients());
                    share += h.dot(posterior_.trend_information_inverse * h);
                }
                variance(point) = partial_sill() * std::max(share, smallest_relative_variance) *
                                  scale(point) * scale(point);
            }
        } catch (const std::bad_alloc&) {
            out_of_memory = true;
        }
    }
    if (out_of_memory)
        throw Error(ErrorCode::out_of_memory, "Kriging from the latent field does not fit in memory.");
}

/// The field at the sites (n×count), given the data and, in the same draw, β (q×count).
Matrix LatentKriging::draw_at_sites(const DrawOptions& options, Matrix& beta) const {
    const Index n = deformed_.rows(), q = trend_coefficients().size();
    const double sd = std::sqrt(partial_sill());
    RandomStream random(options.seed);
    Matrix field(n, options.count), shift(q, options.count);
    for (int k = 0; k < options.count; ++k) {
        field.col(k) = random.normals(n);
        shift.col(k) = random.normals(q);
    }
    posterior_.precision->solve_half_transposed(field);
    field = (sd * field).colwise() + posterior_.mean;
    beta.resize(q, options.count);
    if (q > 0) {
        const Matrix root = CholeskyFactor(posterior_.trend_information_inverse).lower();
        shift = (sd * (root * shift)).eval();
        field -= posterior_.trend_seen * shift;
        beta = shift.colwise() + trend_coefficients();
    }
    return field;
}

Matrix LatentKriging::draw(const SiteFeatures& at, const Matrix& trend, const DrawOptions& options,
                           const ProgressObserver& progress, std::stop_token stop) const try {
    const Index p = at.deformed.rows(), q = trend_coefficients().size();
    throw_if_cancelled(stop);
    check_points(at);
    const Vector scale = half_log_scale(at);
    Matrix beta;
    const Matrix field = draw_at_sites(options, beta).transpose();  // count×n
    const Weights b = weights_of(at, 0, p);

    // A field without data at the points and the sites they are kriged from.
    std::vector<std::int32_t> place(static_cast<std::size_t>(deformed_.rows()), -1), used;
    for (const std::int32_t site : b.site)
        if (site >= 0 && place[static_cast<std::size_t>(site)] < 0) {
            place[static_cast<std::size_t>(site)] = static_cast<std::int32_t>(p + static_cast<Index>(used.size()));
            used.push_back(site);
        }
    Points all(p + static_cast<Index>(used.size()), deformed_.cols());
    all.topRows(p) = at.deformed;
    Matrix local(all.rows(), local_.cols());
    if (local_.cols() > 0) local.topRows(p) = at.local;
    for (std::size_t k = 0; k < used.size(); ++k) {
        all.row(p + static_cast<Index>(k)) = deformed_.row(used[k]);
        if (local_.cols() > 0) local.row(p + static_cast<Index>(k)) = local_.row(used[k]);
    }
    UnconditionalOptions simulation;
    simulation.covariance = posterior_.covariance;
    simulation.neighbours = static_cast<int>(b.m);
    simulation.jitter = posterior_.jitter;
    simulation.count = options.count;
    simulation.seed = stream_seed(options.seed, 1);
    simulation.method = options.method;
    const auto drawn_field = simulate_without_data(all, local, simulation, progress, stop);
    const UnconditionalField& without_data = *drawn_field;

    RandomStream noise(stream_seed(options.seed, 2));
    const Vector noise_sd = std::sqrt(posterior_.nugget_ratio) * half_log_noise(at);
    const double sd = std::sqrt(partial_sill());
    using Row = Eigen::Map<const Vector>;
    Matrix draws(p, options.count);
    Vector value(options.count);
    for (Index j = 0; j < p; ++j) {
        value = sd * Row(without_data.at(j), options.count);
        for (auto k = static_cast<std::size_t>(j * b.m); k < static_cast<std::size_t>((j + 1) * b.m); ++k) {
            const std::int32_t site = b.site[k];
            value += b.weight[k] *
                     (field.col(site) -
                      sd * Row(without_data.at(place[static_cast<std::size_t>(site)]), options.count));
        }
        if (options.of_observation)
            value += sd * noise_sd(j) * noise.normals(options.count);
        draws.row(j) = scale(j) * value.transpose();
    }
    if (q > 0) draws += trend * beta;
    return draws;
} catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_memory, "The conditional simulations do not fit in memory.",
                "Draw fewer of them, or fewer points.");
}

}  // namespace anamorph
