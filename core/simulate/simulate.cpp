// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/simulate/scenario.h"

extern "C" void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);

namespace anamorph {
namespace {

constexpr Index kLargestSimulation = 12'000;
constexpr int kMostRealisations = 1000;
constexpr int kParents = 12;
constexpr double kClusteredShare = 0.7;
constexpr double kClusterSpread = 0.12;
constexpr double kFarShare = 0.2;
constexpr double kFarCentre[] = {0.75, 0.35};
constexpr double kFarSpread = 0.1;

Points uniform_design(Index n, RandomStream& random) {
    Points x(n, 2);
    for (Index i = 0; i < n; ++i) {
        for (Index axis = 0; axis < 2; ++axis) x(i, axis) = random.uniform(-1.0, 1.0);
    }
    return x;
}

/// Centres of the cells of an m×m grid, n = m².
Points grid_design(Index n) {
    const auto m = static_cast<Index>(std::llround(std::sqrt(static_cast<double>(n))));
    if (m * m != n) {
        throw Error(ErrorCode::bad_input,
                    "A grid design needs a square number of sites, and " + std::to_string(n) +
                        " is none.",
                    "The nearest square is " + std::to_string(m * m) + ".");
    }
    Points x(n, 2);
    for (Index i = 0; i < n; ++i) {
        x(i, 0) = -1.0 + static_cast<double>(2 * (i % m) + 1) / static_cast<double>(m);
        x(i, 1) = -1.0 + static_cast<double>(2 * (i / m) + 1) / static_cast<double>(m);
    }
    return x;
}

/// Points around uniform parents, mixed with uniform ones, kept if inside the square.
Points clustered_design(Index n, RandomStream& random) {
    const Points parents = uniform_design(kParents, random);
    Points x(n, 2);
    for (Index i = 0; i < n;) {
        Eigen::RowVector2d point;
        if (random.uniform() < kClusteredShare) {
            const Index parent = random.below(kParents);
            point(0) = parents(parent, 0) + kClusterSpread * random.normal();
            point(1) = parents(parent, 1) + kClusterSpread * random.normal();
        } else {
            point(0) = random.uniform(-1.0, 1.0);
            point(1) = random.uniform(-1.0, 1.0);
        }
        if (point.cwiseAbs().maxCoeff() <= 1.0) x.row(i++) = point;
    }
    return x;
}

/// Density proportional to |det J| by rejection; all scenarios reach its maximum on a corner.
Points preferential_design(const Scenario& scenario, Index n, RandomStream& random) {
    Points corners(4, 2);
    corners << -1, -1, -1, 1, 1, -1, 1, 1;
    const double log_maximum = scenario.log_abs_det_jacobian(corners).maxCoeff();
    Points x(n, 2);
    Points candidate(1, 2);
    for (Index i = 0; i < n;) {
        candidate(0, 0) = random.uniform(-1.0, 1.0);
        candidate(0, 1) = random.uniform(-1.0, 1.0);
        const double log_share = scenario.log_abs_det_jacobian(candidate)(0) - log_maximum;
        if (std::log(random.uniform()) < log_share) x.row(i++) = candidate.row(0);
    }
    return x;
}

/// Sites in x < 0, and a cluster far from them in the east.
Points far_cluster_design(Index n, RandomStream& random) {
    Points x(n, 2);
    for (Index i = 0; i < n;) {
        Eigen::RowVector2d point;
        if (random.uniform() < kFarShare) {
            point(0) = kFarCentre[0] + kFarSpread * random.normal();
            point(1) = kFarCentre[1] + kFarSpread * random.normal();
        } else {
            point(0) = random.uniform(-1.0, 0.0);
            point(1) = random.uniform(-1.0, 1.0);
        }
        if (point.cwiseAbs().maxCoeff() <= 1.0) x.row(i++) = point;
    }
    return x;
}

Points draw_design(const Scenario& scenario, Design design, Index n, RandomStream& random) {
    switch (design) {
        case Design::uniform: return uniform_design(n, random);
        case Design::grid: return grid_design(n);
        case Design::clustered: return clustered_design(n, random);
        case Design::preferential: return preferential_design(scenario, n, random);
        case Design::far_cluster: return far_cluster_design(n, random);
    }
    throw Error(ErrorCode::unsupported, "Unknown sampling design.");
}

/// Lower triangle of the Matérn 3/2 correlations at deformed sites scaled to range 1.
Matrix matern32_correlation(const Points& u, double jitter) {
    const Index n = u.rows();
    Matrix k(n, n);
#pragma omp parallel for schedule(dynamic, 64)
    for (Index j = 0; j < n; ++j) {
        k(j, j) = 1.0 + jitter;
        for (Index i = j + 1; i < n; ++i) {
            const double h = std::hypot(u(i, 0) - u(j, 0), u(i, 1) - u(j, 1));
            k(i, j) = (1.0 + h) * std::exp(-h);
        }
    }
    return k;
}

/// Cholesky factor (lower triangle) of the correlations; a diagonal jitter of 1e-10 upwards keeps
/// nearly coincident deformed sites factorisable.
Matrix correlation_factor(const Points& u) {
    for (double jitter = 1e-10; jitter < 1e-5; jitter *= 100.0) {
        Matrix k = matern32_correlation(u, jitter);
        const int n = static_cast<int>(k.rows());
        int info = 0;
        dpotrf_("L", &n, k.data(), &n, &info);
        if (info == 0) return k;
    }
    throw Error(ErrorCode::not_positive_definite,
                "The covariance matrix of " + std::to_string(u.rows()) +
                    " simulated sites could not be factorised.",
                "Use fewer sites or another seed.");
}

void check(const ScenarioOptions& options) {
    const Index total = options.sites + options.test_sites;
    if (options.sites < 5 || options.test_sites < 0 || total > kLargestSimulation) {
        throw Error(ErrorCode::bad_input,
                    "A simulation needs 5 sites or more and at most 12000 in all; asked for were " +
                        std::to_string(options.sites) + " and " +
                        std::to_string(options.test_sites) + " test sites.");
    }
    if (options.realisations < 1 || options.realisations > kMostRealisations)
        throw Error(ErrorCode::bad_input, "A simulation has between 1 and 1000 realisations.");
    if (!std::isfinite(options.noise_sd) || options.noise_sd < 0.0 ||
        !std::isfinite(options.mean)) {
        throw Error(ErrorCode::bad_input,
                    "The standard deviation of the noise must be a number of 0 or more, and the "
                    "mean a number.");
    }
}

}  // namespace

Design design_from_string(const std::string& name) {
    if (name == "uniform") return Design::uniform;
    if (name == "grid") return Design::grid;
    if (name == "clustered") return Design::clustered;
    if (name == "preferential") return Design::preferential;
    if (name == "far-cluster") return Design::far_cluster;
    throw Error(ErrorCode::bad_input, "There is no sampling design “" + name + "”.",
                "The designs are: uniform, grid, clustered, preferential, far-cluster.");
}

SimulatedField simulate(const Scenario& scenario, const ScenarioOptions& options) {
    check(options);
    RandomStream random(options.seed);
    const Index n = options.sites;
    const Index m = options.test_sites;

    Points x(n + m, 2);
    x.topRows(n) = draw_design(scenario, options.design, n, random);
    x.bottomRows(m) = uniform_design(m, random);

    const Matrix factor = correlation_factor(scenario.deformed_from_geographic(x) / scenario.range());
    const Index count = options.realisations;
    SimulatedField field;
    SpatialDataset& data = field.dataset;
    data.name = scenario.name();
    data.coordinates = x.topRows(n).replicate(count, 1);
    data.values.resize(n * count);
    data.covariates.resize(n * count, 0);
    data.coordinate_names = {"x", "y"};
    data.value_name = "z";
    data.coordinate_system.label = "local";
    field.test_coordinates = x.bottomRows(m).replicate(count, 1);
    field.test_values.resize(m * count);
    field.test_signal.resize(m * count);
    for (Index r = 0; r < count; ++r) {
        Vector signal = factor.triangularView<Eigen::Lower>() * random.normals(n + m);
        signal.array() += options.mean;
        const Vector values = signal + options.noise_sd * random.normals(n + m);
        data.values.segment(r * n, n) = values.head(n);
        field.test_values.segment(r * m, m) = values.tail(m);
        field.test_signal.segment(r * m, m) = signal.tail(m);
        if (count == 1) break;
        const std::string label = std::to_string(r + 1);
        data.realisations.insert(data.realisations.end(), static_cast<std::size_t>(n), label);
        field.test_realisations.insert(field.test_realisations.end(), static_cast<std::size_t>(m), label);
    }
    return field;
}

}  // namespace anamorph
