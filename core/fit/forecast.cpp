// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/forecast.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <mutex>
#include <numbers>
#include <tuple>

#include "core/base/error.h"
#include "core/base/heap_usage.h"
#include "core/base/random.h"
#include "core/fit/classes.h"
#include "core/data/realisations.h"
#include "core/fit/coarse_to_fine.h"
#include "core/fit/local_fields.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/objective.h"
#include "core/fit/resolution_ladder.h"
#include "core/likelihood/lapack.h"
#include "core/likelihood/mesh.h"
#include "core/likelihood/shared_places.h"
#include "core/likelihood/spde_precision.h"

namespace anamorph {

namespace {

/// Seconds: of this thread's processor time where the work has one thread, so that other programs do
/// not count, else of the wall clock.
double now() {
    timespec t{};
    if (omp_get_max_threads() == 1 && clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0)
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds a·x^q + b·x^p + c·x with a, b ≥ 0 through two measured points; c is added by the caller.
struct Law {
    double linear = 0.0, power = 0.0, exponent = 1.0, lower = 1.0, each = 0.0;

    static Law through(double x1, double t1, double x2, double t2, double lower, double exponent) {
        Law law;
        law.lower = lower;
        law.exponent = exponent;
        if (exponent <= lower) {
            law.linear = t2 / std::pow(x2, lower);
            return law;
        }
        const double a1 = std::pow(x1, lower), a2 = std::pow(x2, lower);
        const double b1 = std::pow(x1, exponent), b2 = std::pow(x2, exponent);
        const double det = a1 * b2 - a2 * b1;
        law.linear = (t1 * b2 - t2 * b1) / det;
        law.power = (a1 * t2 - a2 * t1) / det;
        if (law.linear < 0.0) law.linear = 0.0, law.power = t2 / b2;
        if (law.power < 0.0) law.power = 0.0, law.linear = t2 / a2;
        return law;
    }
    [[nodiscard]] double at(double x) const {
        return linear * std::pow(x, lower) + power * std::pow(x, exponent) + each * x;
    }
};

struct Timing {
    double setup = 0.0, evaluation = 0.0, system = 0.0, map_of_500 = 0.0;
};

/// Uniform sites on [−1, 1]^d with a smooth value and some noise.
std::shared_ptr<const SpatialDataset> synthetic(Index n, int d) {
    auto data = std::make_shared<SpatialDataset>();
    RandomStream random(7);
    data->coordinates.resize(n, d);
    data->values.resize(n);
    for (Index i = 0; i < n; ++i) {
        double value = 0.2 * random.normal();
        for (int j = 0; j < d; ++j) {
            data->coordinates(i, j) = random.uniform(-1.0, 1.0);
            value += std::sin(3.0 * data->coordinates(i, j) + j);
        }
        data->values(i) = value;
    }
    return data;
}

Timing time_model(const ModelSpecification& specification, Index n, int d) {
    ModelSpecification s = specification;
    s.trend = Trend::constant;
    s.design_weight = 0.0;
    s.distance_covariates.clear();  // the synthetic sites have none
    s.noise = NoiseKind::gaussian;
    const auto data = synthetic(n, d);
    const ModelState model = make_model(data, s, 1);
    Timing t;
    double began = now();
    Objective objective(model);
    const Vector theta = objective.start();
    double value = 0.0;
    Vector gradient;
    if (!objective.evaluate(theta, value, gradient)) return t;
    const double first = now() - began;
    t.evaluation = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 3 && (i == 0 || t.evaluation < 0.05); ++i) {
        began = now();
        (void)objective.evaluate(theta, value, gradient);
        t.evaluation = std::min(t.evaluation, now() - began);
    }
    t.setup = std::max(0.0, first - t.evaluation);
    began = now();
    const auto system = model.kriging_system();
    t.system = std::max(0.0, now() - began - t.setup);
    if (!system) return t;
    const auto cells = synthetic(500, d);
    const Points x = model.standardisation.standardised(cells->coordinates);
    Vector mean, variance;
    began = now();
    system->predict(model.features(x), Matrix::Ones(500, 1), false, mean, variance);
    t.map_of_500 = now() - began;
    return t;
}

double ball_volume(int d) {
    return d == 1 ? 2.0 : d == 2 ? std::numbers::pi : 4.0 / 3.0 * std::numbers::pi;
}

double extent_volume(const Points& x) {
    const Vector extent = x.colwise().maxCoeff() - x.colwise().minCoeff();
    double volume = 1.0;
    for (Index j = 0; j < extent.size(); ++j)
        volume *= std::max(extent(j), 1e-6 * extent.maxCoeff());
    return volume;
}

/// Sites within the taper range of one, if the sites were spread evenly; 0 where it is chosen.
double sites_in_taper(const SpatialDataset& data, const LikelihoodOptions& o) {
    if (o.kind != LikelihoodKind::taper || !(o.taper_range > 0.0)) return 0.0;
    const int d = data.dimension();
    const Standardisation standard = Standardisation::of(data);
    const double range = o.taper_range / standard.half_width.head(data.space_dimension()).maxCoeff();
    const auto sites = static_cast<double>(realisation_shape(data).sites);
    return std::min(sites, sites * ball_volume(d) * std::pow(range, d) /
                               extent_volume(standard.standardised(data.coordinates)));
}

double mesh_vertices(const SpatialDataset& data, const LikelihoodOptions& o) {
    if (o.kind != LikelihoodKind::spde) return 0.0;
    const Standardisation standard = Standardisation::of(data);
    return static_cast<double>(Mesh(distinct_places(standard.standardised(data.coordinates)),
                                    o.mesh_edge / standard.half_width.head(data.space_dimension()).maxCoeff(), o.mesh_border)
                                   .vertex_count());
}

struct Laws {
    Law setup, evaluation, system, map_of_500;
};

/// Two sizes at which a likelihood is timed, the specification there, and the exponents of its cost.
Laws measure(ModelSpecification s, int d, double within) {
    std::array<double, 2> x{};
    std::array<Timing, 2> t{};
    double lower = 1.0, exponent = 1.0, map_exponent = 0.0;
    // Below the asymptotic 3/2 and 2: dense blocks grow with the factor, and with them their speed.
    const double sparse = d == 1 ? 1.0 : d == 2 ? 1.4 : 1.65;
    switch (s.likelihood.kind) {
        case LikelihoodKind::exact:
        case LikelihoodKind::automatic:
            x = {300, 800}, lower = 2.0, exponent = 3.0, map_exponent = 2.0;
            break;
        case LikelihoodKind::vecchia: x = {2000, 4000}; break;
        case LikelihoodKind::predictive_process:
            x = {1.0 * std::max(600, s.likelihood.inducing_sites),
                 1.6 * std::max(600, s.likelihood.inducing_sites)};
            break;
        case LikelihoodKind::taper: x = {1000, 3000}, exponent = sparse, map_exponent = 1.0; break;
        case LikelihoodKind::spde:
            x = {d == 3 ? 1000.0 : 2000.0, d == 3 ? 2500.0 : 6000.0};
            exponent = sparse, map_exponent = 1.0;
            break;
    }
    // The map is timed apart: its cost is proportional to the points.
    const bool mapped = s.deformation != DeformationKind::stationary || s.log_scale == LogScale::yes;
    double with_map = 0.0;
    for (std::size_t i = 0; i < 2; ++i) {
        Index n = static_cast<Index>(x[i]);
        ModelSpecification here = s;
        here.deformation = DeformationKind::stationary;
        here.log_scale = LogScale::no;
        if (s.likelihood.kind == LikelihoodKind::taper)
            here.likelihood.taper_range =
                within > 0.0
                    ? std::pow(within * std::pow(2.0, d) / (ball_volume(d) * x[i]), 1.0 / d)
                    : 0.0;
        if (s.likelihood.kind == LikelihoodKind::spde) {
            // Edges that give about so many vertices, the border included.
            n = 1000;
            here.likelihood.mesh_edge = 2.0 * std::sqrt(static_cast<double>(d)) /
                                        (0.6 * std::pow(x[i], 1.0 / d));
            x[i] = static_cast<double>(
                Mesh(synthetic(n, d)->coordinates, here.likelihood.mesh_edge, s.likelihood.mesh_border)
                    .vertex_count());
        }
        t[i] = time_model(here, n, d);
        if (i == 0 || !mapped) continue;
        here.deformation = s.deformation;
        here.log_scale = s.log_scale;
        with_map = time_model(here, n, d).evaluation;
    }
    const auto law = [&](double Timing::*part, double low, double high) {
        return Law::through(x[0], t[0].*part, x[1], t[1].*part, low, high);
    };
    Law evaluation = law(&Timing::evaluation, lower, exponent);
    evaluation.each = std::max(0.0, with_map - t[1].evaluation) / x[1];
    return {law(&Timing::setup, 1.0, lower > 1.0 ? 2.0 : exponent), evaluation,
            law(&Timing::system, lower, exponent),
            law(&Timing::map_of_500, map_exponent, map_exponent)};
}

const Laws& laws_of(ModelSpecification s, int d, double within, int threads) {
    if (!s.region_outlines.empty()) {  // the measured sites lie elsewhere
        s.regions = std::clamp(static_cast<int>(s.region_outlines.size()) + 1, 2, 8);
        s.region_outlines.clear();
    }
    using Key =
        std::tuple<LikelihoodKind, int, int, int, int, int, int, std::string, int, int, bool>;
    static std::mutex guard;
    static std::map<Key, Laws> known;
    const LikelihoodOptions& o = s.likelihood;
    const Key key{o.kind, o.neighbours, static_cast<int>(o.nugget_form),
                  o.kind == LikelihoodKind::predictive_process ? 2 * o.inducing_sites + o.fitc : 0,
                  static_cast<int>(8.0 * std::log2(1.0 + within)) * 2 +
                      (o.taper_form == TaperForm::two_taper),
                  static_cast<int>(s.smoothness) + 16 * static_cast<int>(s.correlation), d,
                  model_name(s) + ' ' + std::to_string(s.structures) + ' ' + std::to_string(s.regions) +
                      ' ' + std::to_string(s.kernel_basis) + (has_varying_smoothness(s) ? " with smoothness" : ""),
                  contains(s, DeformationKind::velocity_field) ? s.basis_size + 100 * s.fine_basis_size : 0, threads,
                  s.log_scale == LogScale::yes};
    const std::scoped_lock lock(guard);
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    return known.emplace(key, measure(s, d, within)).first->second;
}

/// Evaluations for the automatic model's second level of the velocity field: a fit, its curvature with one for
/// each coefficient, and where the resolution is searched twice more of both for its ridges.
double second_level_evaluations(const ModelSpecification& asked, const SpatialDataset& data) {
    const int d = data.dimension();
    const bool searched = needs_resolution_ladder(data);
    const int kept = asked.basis_size + (searched && d == 2 ? 2 : 0);  // by the search, as a rule
    int fine = asked.fine_basis_size;
    if (fine == 0) fine = second_level_worth_a_try(kept, asked.basis_size, d, data.size());
    if (fine <= kept) return 0.0;
    const double coefficients = d * (std::pow(kept, d) + std::pow(fine, d));
    return (searched ? 3.0 : 1.0) * (50.0 + coefficients);
}

/// Evaluations of the objective that a fit usually takes: the steps, the curvature, and what very
/// many sites save by being fitted coarse to fine.
double expected_fit_evaluations(const ModelSpecification& asked, const ForecastOptions& options,
                                const SpatialDataset& data) {
    const int d = data.dimension();
    const auto parameters = [&](DeformationKind kind, LogScale log_scale) {
        ModelSpecification s = asked;
        s.deformation = kind;
        s.log_scale = log_scale;
        if (options.automatic_model) s.fine_basis_size = 0;  // counted apart
        if (s.smoothness == Smoothness::automatic) s.smoothness = Smoothness::three_halves;
        return static_cast<double>(make_model(synthetic(30, d), s, 1).parameter_count());
    };
    const auto steps = [&](DeformationKind kind, LogScale log_scale) {
        ModelSpecification s = asked;
        s.deformation = kind;
        s.log_scale = log_scale;
        return expected_evaluations(s);
    };
    using Kind = DeformationKind;
    // The SPDE's order fixes it; one that varies is estimated.
    const bool own = asked.likelihood.kind == LikelihoodKind::spde || has_varying_smoothness(asked);
    const bool matern = asked.correlation == CorrelationFamily::matern;
    const int smoothnesses = matern && asked.smoothness == Smoothness::automatic && !own ? 3 : 0;
    if (options.automatic_model) {
        double total = smoothnesses * 75.0;
        for (Kind kind : {Kind::stationary, Kind::anisotropic, Kind::velocity_field})
            for (LogScale l : {LogScale::no, LogScale::yes})
                total += steps(kind, l) + (parameters(kind, l) > 2 ? parameters(kind, l) : 0.0);
        // The resolution ladder: each rung is fitted twice and its curvature taken, an evaluation for
        // each of its d mᵈ coefficients.
        if (needs_resolution_ladder(data)) total += d == 1 ? 150.0 : d == 2 ? 1400.0 : 2500.0;
        return total + second_level_evaluations(asked, data);
    }
    double total = steps(Kind::stationary, LogScale::no);
    if (asked.deformation != Kind::stationary) {
        if (asked.deformation != Kind::radial && d > 1) total += steps(Kind::anisotropic, LogScale::no);
        if (asked.deformation != Kind::anisotropic) total += steps(asked.deformation, LogScale::no);
    }
    if (asked.log_scale == LogScale::yes) total += 30.0;
    total *= 1.0 + 0.8 * smoothnesses;
    if (options.posterior && has_laplace_posterior(asked))
        total += parameters(asked.deformation, asked.log_scale);
    return total;
}

}  // namespace

std::string Forecast::sentence() const {
    char seconds[60];
    if (fit_seconds < 120.0)
        std::snprintf(seconds, sizeof seconds, "%.2g s", std::max(0.1, fit_seconds));
    else if (fit_seconds < 7200.0)
        std::snprintf(seconds, sizeof seconds, "%.0f minutes", fit_seconds / 60.0);
    else
        std::snprintf(seconds, sizeof seconds, "%.1f hours", fit_seconds / 3600.0);
    return "About " + std::string(seconds) + " and " + bytes_in_words(bytes) + ". " +
           likelihood.reason;
}

namespace {

/// Numbers that a site has of the smooth fields: values of their bases, and the covariance's local
/// features with their derivative, which each thread keeps for itself.
double field_numbers_per_site(const ModelSpecification& s, int d, int threads) {
    const double scale_basis = d == 1 ? 4.0 : d == 2 ? 16.0 : 32.0;
    double numbers = s.log_scale == LogScale::no ? 0.0 : scale_basis;
    if (s.varying_nugget || is_regional(s)) numbers += scale_basis;
    double local = static_cast<double>(s.distance_covariates.size());
    if (s.local == LocalCovariance::convolution) {
        numbers += std::pow(s.kernel_basis, d);
        local += 0.5 * d * (d + 1) + has_varying_smoothness(s);
    } else if (is_regional(s)) {
        numbers += s.regions;
        local += s.regions;
    }
    return numbers + local * (1.0 + threads);
}

}  // namespace

namespace {

/// What realisations at the same k places keep beside the one matrix and its inverse: for each place that a
/// realisation misses a row of k numbers, twice while the gradient is summed, and k numbers a column of
/// values and trend before and after the solution.
double shared_realisation_bytes(const SpatialDataset& dataset, const ModelSpecification& specification,
                                const RealisationShape& shape) {
    const auto k = static_cast<double>(shape.places);
    const double realisations = realisation_count(dataset);
    const double missing = std::max(0.0, k * realisations - static_cast<double>(dataset.size()));
    const double columns = 1.0 + trend_columns(specification, dataset.dimension(), dataset.covariates.cols());
    return 8.0 * k * (2.0 * missing + realisations * (1.0 + 2.0 * columns));
}

}  // namespace

LikelihoodChoice likelihood_for(const SpatialDataset& dataset,
                                const ModelSpecification& specification, bool many_evaluations) {
    const RealisationShape shape = realisation_shape(dataset);
    return choose_likelihood(specification.likelihood, shape.sites, dataset.dimension(),
                             available_memory_bytes() / (shape.same_places ? 2.0 : shape.count),
                             many_evaluations);
}

double forecast_bytes(const SpatialDataset& dataset, const ModelSpecification& specification) {
    const LikelihoodOptions& options = specification.likelihood;
    const int d = dataset.dimension();
    const RealisationShape shape = realisation_shape(dataset);
    const bool shared = shape.same_places && options.kind == LikelihoodKind::exact;
    const double shared_terms = shared ? shared_realisation_bytes(dataset, specification, shape) : 0.0;
    return shared_terms + (shared ? 2.0 : shape.count) *
               estimated_bytes(options, shared ? shape.places : shape.sites, d,
                               sites_in_taper(dataset, options), mesh_vertices(dataset, options)) +
           8.0 * static_cast<double>(dataset.size()) *
               field_numbers_per_site(specification, d, omp_get_max_threads());
}

Forecast forecast_fit(const SpatialDataset& dataset, const ModelSpecification& specification,
                      const ForecastOptions& options) {
    const ThreadCount threads(options.threads);
    const int d = dataset.dimension();
    Forecast f;
    f.available_bytes = available_memory_bytes();
    f.likelihood = likelihood_for(dataset, specification,
                                  options.automatic_model || needs_many_evaluations(specification));
    const LikelihoodOptions& o = f.likelihood.options;
    f.evaluations = expected_fit_evaluations(specification, options, dataset);

    ModelSpecification s = specification;
    s.likelihood = o;
    f.bytes = forecast_bytes(dataset, s);
    if (s.log_scale == LogScale::automatic) s.log_scale = LogScale::no;
    if (options.automatic_model) s.deformation = DeformationKind::velocity_field;
    if (s.smoothness == Smoothness::automatic)
        s.smoothness = o.kind == LikelihoodKind::spde ? spde_smoothness(o.spde_alpha, d)
                                                      : Smoothness::three_halves;
    const Laws& laws = laws_of(s, d, sites_in_taper(dataset, o), threads.count());
    // Realisations are evaluated one by one, or by one factorisation.
    const RealisationShape shape = realisation_shape(dataset);
    const bool shared = shape.same_places && o.kind == LikelihoodKind::exact;
    const double times = shared ? 1.0 + 0.02 * (shape.count - 1.0) : shape.count;
    const double n = static_cast<double>(shape.sites);
    const double x = o.kind == LikelihoodKind::spde ? mesh_vertices(dataset, o) : n;
    f.setup_seconds = times * laws.setup.at(x);
    f.evaluation_seconds = times * laws.evaluation.at(x);
    double share = 1.0;  // of the evaluations that see all sites
    if (o.kind == LikelihoodKind::vecchia && dataset.size() > coarse_from && !dataset.has_realisations())
        share = 0.4;
    f.fit_seconds = f.setup_seconds * 3.0 + f.evaluation_seconds * f.evaluations * share;
    if (options.map_cells > 0)
        f.map_seconds = f.setup_seconds + laws.system.at(x) +
                        laws.map_of_500.at(x) * static_cast<double>(options.map_cells) / 500.0;
    return f;
}

}  // namespace anamorph
