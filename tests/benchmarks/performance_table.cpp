// SPDX-License-Identifier: GPL-3.0-or-later
// Times of the likelihoods, fits and predictions, each beside a limit of this machine measured in
// the same run (counters): limit_s is the time of the floating-point work alone at the speed of
// dgemm, dpotrf or dpotri; error is against reference values or an independent computation.
// Rows that take minutes run only with --benchmark_filter=large.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <string>

#include "core/fit/fit.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/likelihood/exact_likelihood.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/nearest_sites.h"
#include "core/likelihood/site_ordering.h"
#include "core/likelihood/vecchia_likelihood.h"
#include "core/predict/kriging.h"
#include "core/predict/local_kriging.h"
#include "tests/benchmarks/spectral_field.h"
#include "tests/core/csv_fixture.h"

using namespace anamorph;
using benchmark::Counter;
using benchmark::State;

namespace {

const std::string data_folder = ANAMORPH_TEST_DATA "/likelihood/";

double seconds_of(const auto& work, int repeats = 3) {
    double best = 1e300;
    for (int i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

double peak_megabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024.0;
    return std::nan("");
}

/// GFLOP/s of dgemm on one thread.
double dgemm_rate() {
    static const double rate = [] {
        const ThreadCount one(1);
        const int n = 1024;
        const Matrix a = Matrix::Random(n, n), b = Matrix::Random(n, n);
        Matrix c(n, n);
        return 2e-9 * n * n * n / seconds_of([&] {
            cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a.data(), n, b.data(),
                        n, 0.0, c.data(), n);
        });
    }();
    return rate;
}

/// Seconds of dpotrf and dpotri on one thread.
double inversion_seconds(int n) {
    const ThreadCount one(1);
    const Points x = Points::Random(n, 2);
    Matrix k(n, n);
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) k(i, j) = std::exp(-(x.row(i) - x.row(j)).norm()) + (i == j);
    return seconds_of([&] {
        Matrix m = k;
        int info = 0;
        dpotrf_("L", &n, m.data(), &n, &info);
        dpotri_("L", &n, m.data(), &n, &info);
    });
}

struct Sites {
    Points x;
    Vector z;
};
Sites reference_sites(const char* file) {
    const Matrix m = testing::read_numbers(data_folder + file);
    return {m.leftCols(2), m.col(2)};
}

void stream_triad(State& state) {
    const Index n = 20'000'000;
    Vector a = Vector::Zero(n), b = Vector::Ones(n), c = Vector::Ones(n);
    for (auto _ : state) {
        a = b + 3.0 * c;
        benchmark::DoNotOptimize(a.data());
    }
    state.counters["GB/s"] = Counter(24e-9 * static_cast<double>(n), Counter::kIsIterationInvariantRate);
}

void dgemm(State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(dgemm_rate());
    state.counters["GFLOP/s"] = dgemm_rate();
}

void exact_value_and_gradient(State& state) {
    const int n = static_cast<int>(state.range(0));
    const ThreadCount one(1);
    const Sites s = reference_sites(("exact_" + std::to_string(n) + ".csv").c_str());
    const double reference = n == 1000 ? -262.9907906001237 : n == 2000 ? -328.96173272816736 : -333.0675551573495;
    ExactLikelihood likelihood({s.z, {}, {}}, Smoothness::three_halves, 0.0);
    likelihood.fix_partial_sill(1.2);
    ProfiledValue at;
    bool sound = true;
    for (auto _ : state) sound = likelihood.evaluate({s.x / 0.08, {}}, std::log(0.05), true, at) && sound;
    state.counters["limit_s"] = inversion_seconds(n);
    state.counters["error"] = sound ? std::abs(-at.negative_log_likelihood - reference) : std::nan("");
}

void realnvp_training_step(State& state) {
    const ThreadCount one(1);
    const auto data = spectral_field(2000, true, 1);
    ModelSpecification s;
    s.deformation = DeformationKind::realnvp;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    s.likelihood.kind = LikelihoodKind::exact;
    s.couplings = 6;
    s.hidden_width = 32;
    const ModelState model = make_model(data, s, 1);
    Objective objective(model);
    const Vector theta = objective.start();
    Vector gradient;
    double value = 0.0;
    for (auto _ : state) benchmark::DoNotOptimize(objective.evaluate(theta, value, gradient));
    const Points x = model.standardisation.standardised(data->coordinates);
    const double flow = seconds_of([&] {
        const auto tape = model.deformation->record(x);
        benchmark::DoNotOptimize(tape->pull_back(Points::Ones(x.rows(), 2), {}));
    });
    state.counters["limit_s"] = inversion_seconds(2000);
    state.counters["flow_s"] = flow;
}

/// Sites of the file given, or uniform ones.
VecchiaLikelihood vecchia_on(const Points& x, const Vector& z, int m, SiteOrdering ordering) {
    LikelihoodOptions o;
    o.kind = LikelihoodKind::vecchia;
    o.neighbours = m;
    o.ordering = ordering;
    VecchiaLikelihood likelihood({z, {}, {}}, Smoothness::three_halves, o, x, 0.0);
    likelihood.fix_partial_sill(1.2);
    return likelihood;
}

void vecchia_reference(State& state) {
    const ThreadCount one(1);
    const Sites s = reference_sites("vec_10000.csv");
    VecchiaLikelihood likelihood = vecchia_on(s.x, s.z, 30, SiteOrdering::given);
    const SiteFeatures features{s.x / 0.08, {}};
    ProfiledValue at;
    bool sound = likelihood.evaluate(features, std::log(0.05), true, at);
    for (auto _ : state) sound = likelihood.evaluate(features, std::log(0.05), true, at) && sound;
    state.counters["limit_s"] = 1e4 * 31.0 * 31.0 * 31.0 / 3.0 / (1e9 * dgemm_rate());
    state.counters["error"] = sound ? std::abs(-at.negative_log_likelihood + 106.63546383199446) : std::nan("");
}

void vecchia_value_and_gradient(State& state) {
    const Index n = state.range(0);
    const ThreadCount threads(static_cast<int>(state.range(1)));
    RandomStream random(1);
    Points x(n, 2);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform();
    const Vector z = random.normals(n);
    VecchiaLikelihood likelihood = vecchia_on(x, z, 30, SiteOrdering::maximin);
    const SiteFeatures features{x * (0.8 * std::sqrt(static_cast<double>(n))) / 8.0, {}};
    ProfiledValue at, plain;
    bool sound = likelihood.evaluate(features, std::log(0.05), true, at);
    for (auto _ : state) sound = likelihood.evaluate(features, std::log(0.05), true, at) && sound;
    // Of the process: its own where this row runs alone, before dgemm's matrices.
    state.counters["peak_MB"] = peak_megabytes();
    state.counters["limit_s"] = static_cast<double>(n) * 31.0 * 31.0 * 31.0 / 3.0 /
                                (1e9 * dgemm_rate() * static_cast<double>(state.range(1)));
    // The pass without gradient is computed apart.
    sound = likelihood.evaluate(features, std::log(0.05), false, plain) && sound;
    state.counters["error"] =
        sound ? std::abs(at.negative_log_likelihood / plain.negative_log_likelihood - 1.0) : std::nan("");
}

void ordering_and_neighbours(State& state) {
    const Index n = state.range(0);
    const ThreadCount two(2);
    RandomStream random(1);
    Points x(n, 2);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform();
    for (auto _ : state) {
        const auto order = maximin_ordering(x);
        const auto neighbours = nearest_earlier_sites(x, order, 30);
        benchmark::DoNotOptimize(neighbours.data());
    }
}

void whole_fit(State& state, DeformationKind kind) {
    const auto data = spectral_field(state.range(0), kind != DeformationKind::stationary, 3);
    ModelSpecification s;
    s.deformation = kind;
    s.log_scale = LogScale::no;
    s.smoothness = Smoothness::three_halves;
    s.likelihood.kind = LikelihoodKind::vecchia;
    s.likelihood.neighbours = static_cast<int>(state.range(1));
    FitOptions o;
    o.threads = 2;
    o.posterior = false;
    o.snapshots_per_second = 0.0;
    double value = 0.0;
    for (auto _ : state) value = fit(data, s, o).model().log_likelihood();
    state.counters["log_lik"] = value;
    state.counters["peak_MB"] = peak_megabytes();
}

void local_kriging(State& state) {
    const ThreadCount two(2);
    const Sites s = reference_sites("vec_10000.csv");
    const Index g = state.range(0);
    LocalKrigingParameters p;
    p.nugget_ratio = 0.05;
    p.partial_sill = 1.2;
    p.jitter = 0.0;
    p.neighbours = 30;
    Points cells(g * g, 2);
    for (Index k = 0; k < g * g; ++k)
        cells.row(k) << (static_cast<double>(k / g) + 0.5) / static_cast<double>(g),
            (static_cast<double>(k % g) + 0.5) / static_cast<double>(g);
    cells /= 0.08;
    Vector mean, variance;
    for (auto _ : state) {
        const LocalKriging system({s.z, Matrix(s.z.size(), 0), {}}, {s.x / 0.08, {}}, p);
        system.predict({cells, {}}, Matrix(cells.rows(), 0), false, mean, variance);
    }
    const LocalKriging system({s.z, Matrix(s.z.size(), 0), {}}, {s.x / 0.08, {}}, p);
    Points reference(2, 2);  // cells 0 and 5000 of a 100×100 grid
    reference << 0.005, 0.005, 0.505, 0.005;
    Vector m, v;
    system.predict({reference / 0.08, {}}, Matrix(2, 0), false, m, v);
    state.counters["error"] =
        std::max({std::abs(m(0) - 1.87001747761), std::abs(m(1) + 0.284251881872),
                  std::abs(v(0) - 0.0150306109418), std::abs(v(1) - 0.00783509269876)});
    state.counters["limit_s"] = static_cast<double>(g * g) * 30.0 * 30.0 * 30.0 / 3.0 / (2e9 * dgemm_rate());
}

ModelState model_at_reference(const Sites& s) {
    auto data = std::make_shared<SpatialDataset>();
    data->coordinates = s.x;
    data->values = s.z;
    data->coordinate_names = {"x", "y"};
    ModelSpecification spec;
    spec.deformation = DeformationKind::stationary;
    spec.log_scale = LogScale::no;
    spec.smoothness = Smoothness::three_halves;
    spec.trend = Trend::none;
    spec.likelihood.kind = LikelihoodKind::exact;
    ModelState model = make_model(data, spec, 1);
    Vector theta = model.parameters();
    theta(0) = std::log(model.standardisation.half_width(0) / 0.08);
    theta(1) = std::log(0.05);
    model.set_parameters(theta);
    return model;
}

Points unit_cells(Index g) {
    Points cells(g * g, 2);
    for (Index k = 0; k < g * g; ++k)
        cells.row(k) << (static_cast<double>(k / g) + 0.5) / static_cast<double>(g),
            (static_cast<double>(k % g) + 0.5) / static_cast<double>(g);
    return cells;
}

void global_kriging(State& state) {
    const ThreadCount one(1);
    const Sites s = reference_sites("exact_1000.csv");
    const ModelState model = model_at_reference(s);
    const Index g = 300, chunk = 512;
    const SiteFeatures at = model.features(model.standardisation.standardised(unit_cells(g)));
    Vector mean, variance;
    for (auto _ : state) {
        const auto system = model.kriging_system(0.0);
        for (Index first = 0; first < g * g; first += chunk) {
            const Index count = std::min(chunk, g * g - first);
            system->predict({at.deformed.middleRows(first, count), {}}, Matrix(count, 0), false, mean, variance);
            benchmark::DoNotOptimize(mean.data());
        }
    }
    Points reference(1, 2);
    reference << 0.005, 0.005;
    const auto system = model.kriging_system(0.0);
    system->predict(model.features(model.standardisation.standardised(reference)), Matrix(1, 0), false, mean, variance);
    state.counters["error"] = std::abs(mean(0) - 0.873623700925);
    // The triangular solve: n² flops a cell.
    state.counters["limit_s"] = 1e6 * static_cast<double>(g * g) / (1e9 * dgemm_rate());
}

void conditional_simulations(State& state) {
    const ThreadCount one(1);
    const Sites s = reference_sites("exact_1000.csv");
    const ModelState model = model_at_reference(s);
    const SiteFeatures at = model.features(model.standardisation.standardised(unit_cells(100)));
    const auto system = model.kriging_system(0.0);
    DrawOptions options;
    options.count = 100;
    Matrix draws;
    for (auto _ : state) draws = system->draw(at, Matrix(10'000, 0), options);
    Vector mean, variance;
    system->predict(at, Matrix(10'000, 0), false, mean, variance);
    // Standardised distance of the simulations' mean from kriging: about 1 over the cells.
    state.counters["error"] = std::sqrt(((draws.rowwise().mean() - mean).array().square() / variance.array()).mean() * 100.0) - 1.0;
}

const auto milliseconds = benchmark::kMillisecond;

}  // namespace

BENCHMARK(dgemm)->Unit(milliseconds)->Iterations(1);
BENCHMARK(stream_triad)->Unit(milliseconds)->Iterations(10);
BENCHMARK(exact_value_and_gradient)->Arg(1000)->Arg(2000)->Unit(milliseconds)->MeasureProcessCPUTime()->Iterations(5);
BENCHMARK(realnvp_training_step)->Unit(milliseconds)->MeasureProcessCPUTime()->Iterations(5);
BENCHMARK(vecchia_reference)->Unit(milliseconds)->MeasureProcessCPUTime()->Iterations(10);
BENCHMARK(vecchia_value_and_gradient)->Args({100'000, 1})->Args({100'000, 2})->Args({10'000, 1})->Args({1'000'000, 1})->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(3);
BENCHMARK(ordering_and_neighbours)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
BENCHMARK(local_kriging)->Arg(1000)->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
BENCHMARK(global_kriging)->Unit(milliseconds)->MeasureProcessCPUTime()->Iterations(1);
BENCHMARK(conditional_simulations)->Unit(milliseconds)->MeasureProcessCPUTime()->Iterations(2);
BENCHMARK_CAPTURE(whole_fit, stationary, DeformationKind::stationary)->Args({100'000, 30})->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
BENCHMARK_CAPTURE(whole_fit, velocity_field, DeformationKind::velocity_field)->Args({100'000, 20})->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
BENCHMARK_CAPTURE(whole_fit, velocity_field_large, DeformationKind::velocity_field)->Args({1'000'000, 20})->Unit(milliseconds)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
BENCHMARK_MAIN();
