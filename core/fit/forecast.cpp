// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/forecast.h"

#include <omp.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/heap_usage.h"
#include "core/fit/classes.h"
#include "core/data/realisations.h"
#include "core/fit/coarse_to_fine.h"
#include "core/fit/cost_laws.h"
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
        return static_cast<double>(make_model(synthetic_sites(30, d), s, 1).parameter_count());
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
    const CostLaws& laws = laws_of(s, d, sites_in_taper(dataset, o), threads.count());
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
