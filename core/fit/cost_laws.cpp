// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/cost_laws.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "core/base/random.h"
#include "core/fit/classes.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/model_state.h"
#include "core/fit/objective.h"
#include "core/likelihood/mesh.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

CostLaw CostLaw::through(double x1, double t1, double x2, double t2, double lower, double exponent) {
    CostLaw law;
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

std::shared_ptr<const SpatialDataset> synthetic_sites(Index n, int d) {
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

namespace {

/// Seconds: of this thread's processor time where the work has one thread, so that other programs do
/// not count, else of the wall clock.
double now() {
    timespec t{};
    if (omp_get_max_threads() == 1 && clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0)
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Timing {
    double setup = 0.0, evaluation = 0.0, system = 0.0, map_of_500 = 0.0;
};

Timing time_model(const ModelSpecification& specification, Index n, int d) {
    ModelSpecification s = specification;
    s.trend = Trend::constant;
    s.design_weight = 0.0;
    s.distance_covariates.clear();  // the synthetic sites have none
    s.noise = NoiseKind::gaussian;
    const auto data = synthetic_sites(n, d);
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
    const auto cells = synthetic_sites(500, d);
    const Points x = model.standardisation.standardised(cells->coordinates);
    Vector mean, variance;
    began = now();
    system->predict(model.features(x), Matrix::Ones(500, 1), false, mean, variance);
    t.map_of_500 = now() - began;
    return t;
}

/// Two sizes at which a likelihood is timed, the specification there, and the exponents of its cost.
CostLaws measure(ModelSpecification s, int d, double within) {
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
                Mesh(synthetic_sites(n, d)->coordinates, here.likelihood.mesh_edge, s.likelihood.mesh_border)
                    .vertex_count());
        }
        t[i] = time_model(here, n, d);
        if (i == 0 || !mapped) continue;
        here.deformation = s.deformation;
        here.log_scale = s.log_scale;
        with_map = time_model(here, n, d).evaluation;
    }
    const auto law = [&](double Timing::*part, double low, double high) {
        return CostLaw::through(x[0], t[0].*part, x[1], t[1].*part, low, high);
    };
    CostLaw evaluation = law(&Timing::evaluation, lower, exponent);
    evaluation.each = std::max(0.0, with_map - t[1].evaluation) / x[1];
    return {law(&Timing::setup, 1.0, lower > 1.0 ? 2.0 : exponent), evaluation,
            law(&Timing::system, lower, exponent),
            law(&Timing::map_of_500, map_exponent, map_exponent)};
}

}  // namespace

const CostLaws& laws_of(ModelSpecification s, int d, double within, int threads) {
    if (!s.region_outlines.empty()) {  // the measured sites lie elsewhere
        s.regions = std::clamp(static_cast<int>(s.region_outlines.size()) + 1, 2, 8);
        s.region_outlines.clear();
    }
    using Key =
        std::tuple<LikelihoodKind, int, int, int, int, int, int, std::string, int, int, bool>;
    static std::mutex guard;
    static std::map<Key, CostLaws> known;
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

}  // namespace anamorph
