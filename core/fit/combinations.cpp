// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/combinations.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/grouped_digits.h"
#include "core/base/heap_usage.h"
#include "core/data/realisations.h"
#include "core/fit/classes.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/forecast.h"
#include "core/fit/local_fields.h"
#include "core/fit/make_deformation.h"
#include "core/likelihood/choose_likelihood.h"
#include "core/likelihood/spde_precision.h"
#include "core/likelihood/vecchia_kernels.h"

namespace anamorph {

namespace {

constexpr int most_vecchia_trend = vecchia_columns - 1;  // the values take one column

std::optional<std::string> spde_refusal(const CombinationRequest& r) {
    const ModelSpecification& s = r.specification;
    if (r.chordal)
        return "The SPDE's mesh fills a box and does not lie on the sphere: use Vecchia's approximation, or "
               "project the degrees.";
    Smoothness own{};
    try {
        own = spde_smoothness(s.likelihood.spde_alpha, r.dimension);
    } catch (const Error& error) {
        return error.full_text();
    }
    if (s.smoothness != Smoothness::automatic && s.smoothness != own)
        return "The SPDE of order " + std::to_string(s.likelihood.spde_alpha) + " in " +
               std::to_string(r.dimension) + (r.dimension == 1 ? " dimension" : " dimensions") +
               " has smoothness " + to_string(own) + ", not " + to_string(s.smoothness) +
               ": leave the smoothness to it or choose another likelihood.";
    const std::string consequence = ", where the SPDE's mesh cannot follow it: choose another likelihood.";
    if (contains(s, DeformationKind::radial))
        return "The radial deformation shrinks space to nothing at its centre" + consequence;
    if (contains(s, DeformationKind::mobius))
        return "A Möbius transformation has a pole, which may lie in the border of the mesh" + consequence;
    if (contains(s, DeformationKind::network))
        return "A plain network may fold space" + consequence;
    return std::nullopt;
}

/// What local covariances, nested structures and correlations without closed form do not go with.
std::optional<std::string> covariance_refusal(const CombinationRequest& r) {
    const ModelSpecification& s = r.specification;
    const bool matern = s.correlation == CorrelationFamily::matern;
    if (s.local == LocalCovariance::convolution && !matern && s.correlation != CorrelationFamily::cauchy)
        return "The " + to_string(s.correlation) + " correlation is not valid in every dimension, which "
               "kernels that vary need: use a Matérn or a generalised Cauchy correlation.";
    if (s.varying_smoothness) {
        if (s.local != LocalCovariance::convolution)
            return "A smoothness that varies is a field of the process convolution: choose that model, or leave "
                   "the varying smoothness out.";
        if (!matern)
            return "A smoothness that varies is that of the Matérn correlation, not of the " +
                   to_string(s.correlation) + ": leave one of the two out.";
        if (s.smoothness != Smoothness::automatic && s.smoothness != Smoothness::estimate)
            return "A smoothness that varies is estimated from place to place and cannot be " +
                   to_string(s.smoothness) + " everywhere: leave the smoothness to the fit.";
    }
    if (is_regional(s) && s.log_scale == LogScale::yes)
        return "Regions have variances of their own: leave the log-scale out.";
    if (is_regional(s) && s.varying_nugget)
        return "Regions have nuggets of their own: leave the varying nugget out.";
    if (r.automatic_model && (s.structures > 1 || s.local != LocalCovariance::same))
        return "The automatic model compares deformations with one structure: name one model for nested "
               "structures or a covariance that differs from place to place.";
    const LikelihoodOptions& o = s.likelihood;
    const bool closed = matern && s.smoothness != Smoothness::estimate && s.structures == 1 &&
                        s.local == LocalCovariance::same;
    // Mesh vertices and inducing sites have no covariates.
    if ((o.kind == LikelihoodKind::spde || o.kind == LikelihoodKind::predictive_process) &&
        !s.distance_covariates.empty())
        return "The likelihood \"" + label_of(o) + "\" knows distances in space alone: with covariates in the "
               "distance use another one.";
    if (o.kind == LikelihoodKind::spde && !closed)
        return "The likelihood \"" + label_of(o) + "\" takes one Matérn correlation, whose smoothness follows from "
               "its order: choose another likelihood.";
    if (o.kind == LikelihoodKind::predictive_process && o.move_inducing && s.local != LocalCovariance::same)
        return "Inducing sites are not moved where the covariance differs from place to place: leave them where "
               "they are placed.";
    return std::nullopt;
}

/// What Student noise and covariates of the distance do not go with.
std::optional<std::string> noise_refusal(const CombinationRequest& r) {
    const ModelSpecification& s = r.specification;
    if (s.noise == NoiseKind::student && s.likelihood.kind == LikelihoodKind::taper &&
        s.likelihood.taper_form == TaperForm::two_taper)
        return "Two tapers give estimating equations, not a density, and Student noise needs one: take one "
               "taper, or another likelihood.";
    const int coordinates = r.dimension + static_cast<int>(s.distance_covariates.size());
    const int most = s.correlation == CorrelationFamily::spherical || s.correlation == CorrelationFamily::cubic ? 3 : 5;
    if (!s.distance_covariates.empty() && coordinates > most)
        return "Coordinates and covariates of the distance are " + std::to_string(coordinates) +
               " together, and at most " + std::to_string(most) +
               (most == 3 ? " go with the " + to_string(s.correlation) + " correlation" : " are possible") +
               ": leave some covariates to the trend.";
    return std::nullopt;
}

}  // namespace

std::vector<CombinationRow> combination_table() {
    const std::string most = std::to_string(most_vecchia_trend);
    return {
        {LikelihoodKind::exact, "up to " + grouped(exact_on_request), "any covariance", "all",
         "any", "yes"},
        {LikelihoodKind::vecchia, "any number", "any covariance", "all",
         "up to " + most + " coefficients", "yes"},
        {LikelihoodKind::taper, "any number", "any covariance", "all", "any",
         "one taper; two tapers are no density"},
        {LikelihoodKind::predictive_process, "any number", "any but covariates in the distance", "all", "any", "yes"},
        {LikelihoodKind::spde, "any number", "α − d/2: 1.5, 1, 0.5 in 1, 2, 3 dimensions",
         "all but radial, Möbius and network", "any", "yes, at its own smoothness"},
    };
}

std::optional<std::string> refusal(const CombinationRequest& r) {
    const ModelSpecification& s = r.specification;
    const LikelihoodOptions& o = s.likelihood;
    if (r.dimension < 1 || r.dimension > 3)
        return "Models are fitted in one, two or three dimensions.";
    // What a warp moves: space, or space and time.
    const int moved = r.dimension - (r.last_axis_is_time && s.time_deformation == TimeDeformation::space_only);
    const std::string what = r.last_axis_is_time ? (moved < r.dimension ? "space has " : "space and time have ")
                                                 : "the data have ";
    if (contains(s, DeformationKind::realnvp) && moved == 1)
        return "RealNVP moves one part of the coordinates by the other and needs two dimensions; " + what + "one.";
    if (contains(s, DeformationKind::mobius) && moved != 2)
        return "A Möbius transformation maps the plane; " + what + std::to_string(moved) +
               (moved == 1 ? " dimension." : " dimensions.");
    if (s.time_deformation == TimeDeformation::together && !r.last_axis_is_time)
        return "Space and time are deformed together only where the data have an axis of time.";
    if (auto sentence = covariance_refusal(r)) return sentence;
    if (auto sentence = noise_refusal(r)) return sentence;
    if (o.kind == LikelihoodKind::spde) return spde_refusal(r);
    if (s.smoothness == Smoothness::one)
        return "Smoothness 1 is that of the SPDE in two dimensions; the other likelihoods take 0.5, "
               "1.5, 2.5 or inf.";
    if (o.kind == LikelihoodKind::exact && r.sites > exact_on_request)
        return "The exact likelihood is offered up to " + grouped(exact_on_request) +
               " sites; there are " + grouped(r.sites) + " (it would need " +
               bytes_in_words(estimated_bytes(o, r.sites, r.dimension)) +
               " and hours): use Vecchia's approximation.";
    if (o.kind == LikelihoodKind::vecchia && r.trend_coefficients > most_vecchia_trend)
        return "Vecchia's likelihood takes a trend of up to " + std::to_string(most_vecchia_trend) +
               " coefficients, not " + std::to_string(r.trend_coefficients) +
               ": leave some covariates out or choose another likelihood.";
    if (o.kind == LikelihoodKind::taper && o.taper_form == TaperForm::two_taper && r.automatic_model)
        return "Two tapers give estimating equations, not a density, and so no evidence to choose "
               "classes by: name one model, or take one taper.";
    return std::nullopt;
}

namespace {

/// Coefficients of a deformation that no penalty holds back must be fewer than the sites: any values
/// could be fitted otherwise. A ridge, or RealNVP's penalty on the Jacobian, is what holds them back.
void refuse_more_parameters_than_data(const SpatialDataset& dataset, const ModelSpecification& s) {
    using Kind = DeformationKind;
    if (s.deformation == Kind::stationary || s.deformation == Kind::anisotropic) return;
    if (contains(s, Kind::realnvp) && s.jacobian_penalty > 0.0) return;
    const auto deformation = make_deformation(s, Axes(dataset), 1);
    const Index free = (deformation->prior_precision().array() == 0.0).count();
    if (free < dataset.size()) return;
    throw Error(ErrorCode::bad_input,
                "The deformation \"" + model_name(s) + "\" has " + grouped(free) +
                    " parameters without a penalty, and there are " + grouped(dataset.size()) +
                    " sites: it could fit any values.",
                contains(s, Kind::realnvp) ? "Set the Jacobian penalty above 0, or choose a deformation with a ridge."
                                   : "Choose a deformation with a ridge.");
}

/// The curvature takes an evaluation and a row for each coefficient: a second level that is fine along three
/// axes would never end.
void refuse_too_many_functions(const SpatialDataset& dataset, const ModelSpecification& s) {
    constexpr Index most = 3000;
    if (s.fine_basis_size == 0 || !contains(s, DeformationKind::velocity_field)) return;
    const Index count = make_deformation(s, Axes(dataset), 1)->parameter_count();
    if (count <= most) return;
    throw Error(ErrorCode::bad_input,
                "With a second level of " + std::to_string(s.fine_basis_size) + " centres along an axis the "
                    "velocity field has " + grouped(count) + " coefficients; the most are " + grouped(most) + ".",
                "Choose fewer centres, or no second level.");
}

}  // namespace

void check_combination(const SpatialDataset& dataset, const ModelSpecification& specification,
                       bool automatic_model) {
    CombinationRequest r;
    r.specification = specification;
    r.automatic_model = automatic_model;
    r.sites = largest_realisation(dataset);
    r.dimension = dataset.dimension();
    r.last_axis_is_time = dataset.last_axis_is_time;
    r.chordal = dataset.coordinate_system.chordal;
    r.trend_coefficients =
        trend_columns(specification, r.dimension, dataset.covariates.cols());
    check_distance_covariates(dataset, specification);
    if (is_regional(specification) && !specification.region_outlines.empty())
        (void)outlined_regions_of(specification, dataset);
    if (is_axis_aligned(specification) && dataset.coordinate_system.chordal)
        throw Error(ErrorCode::unsupported,
                    "The axes of geocentric coordinates have no meaning of their own: use a full matrix.");
    if (const auto sentence = refusal(r)) throw Error(ErrorCode::unsupported, *sentence);
    r.specification = with_resolved_likelihood(specification, dataset);
    if (const auto sentence = refusal(r)) throw Error(ErrorCode::unsupported, *sentence);
    refuse_more_parameters_than_data(dataset, r.specification);
    refuse_too_many_functions(dataset, r.specification);
    const double needed = forecast_bytes(dataset, r.specification);
    const double available = available_memory_bytes();
    if (needed > available)
        throw Error(ErrorCode::out_of_memory,
                    "This fit needs about " + bytes_in_words(needed) + " of memory; " +
                        bytes_in_words(available) + " are free.",
                    r.specification.likelihood.kind == LikelihoodKind::vecchia
                        ? "Take fewer neighbours or a subset of the sites."
                        : "Use Vecchia's approximation, whose memory grows in proportion to the sites.");
}

}  // namespace anamorph
