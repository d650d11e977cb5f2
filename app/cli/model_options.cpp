// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/cli/command.h"
#include "core/base/error.h"
#include "core/io/region_layer.h"

namespace anamorph::cli {
namespace {

/// A name that the core does not know is wrong usage here.
template <class Parse>
auto parsed(const Parse& parse, const std::string& name) {
    try {
        return parse(name);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
}

void require_none(const std::vector<std::string>& problems) {
    if (problems.empty()) return;
    std::string all;
    for (const auto& problem : problems) all += (all.empty() ? "" : " ") + problem;
    throw UsageError(all);
}

}  // namespace

void add_seed(CLI::App& command, std::uint64_t& seed, const std::string& meaning) {
    const auto no_sign = [](const std::string& text) {
        return text.starts_with("-") ? "a seed is a whole number, 0 or more" : std::string();
    };
    command.add_option("--seed", seed, meaning)->check(no_sign, "")->capture_default_str();
}

void ModelOptions::add_to(CLI::App& command) {
    command.add_option("--log-scale", log_scale, "variance that varies smoothly: yes, no or auto")
        ->capture_default_str();
    command.add_option("--smoothness", smoothness, "of the Matérn: auto, estimate, 0.5, 1.5, 2.5 or inf")
        ->capture_default_str();
    command.add_option("--correlation", correlation,
                       "matern, exponential, gaussian, spherical, cubic or cauchy (generalised)")
        ->capture_default_str();
    command.add_option("--structures", specification.structures,
                       "nested structures, each with its sill, range and anisotropy: 1 to 3")
        ->capture_default_str();
    command.add_option("--regions", specification.regions,
                       "partition-of-unity, segmented: number of regions, 2 to 8")
        ->capture_default_str();
    command.add_option("--regions-from", regions_from,
                       "partition-of-unity, segmented: polygons of a GIS layer (GeoPackage, Shapefile, GeoJSON …) as "
                       "the regions instead of k-means, FILE or FILE:layer");
    command.add_option("--kernel-basis", specification.kernel_basis,
                       "convolution: functions along an axis on which the kernels vary")
        ->capture_default_str();
    command.add_flag("--varying-smoothness", specification.varying_smoothness,
                     "convolution: the Matérn's smoothness, between 0.2 and 4, varies smoothly over the map too");
    command.add_option("--trend", trend, "none, constant, linear, quadratic or covariates");
    command.add_option("--transform", transform,
                       "of the values before they are taken to be Gaussian: none, log, sqrt, box-cox or "
                       "normal-score; predictions come back in the original unit")
        ->capture_default_str();
    command.add_flag("--varying-nugget", specification.varying_nugget,
                     "a nugget that varies smoothly over the map, beside the log-scale or without it");
    command.add_option("--noise", noise, "gaussian, or student: outliers then do not bend the model")
        ->check(CLI::IsMember({"gaussian", "student"}))->capture_default_str();
    command.add_option("--degrees-of-freedom", specification.degrees_of_freedom,
                       "of Student noise, above 2; fewer for heavier tails")->capture_default_str();
    command.add_option("--distance-covariate", specification.distance_covariates,
                       "a covariate (one of --covariates or a raster) that is one more coordinate of the "
                       "distance, with an estimated scale; may be given several times. --trend constant "
                       "keeps it out of the trend")
        ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--time-deformation", time_deformation,
                       "space with time: what a deformation bends, space alone or space and time together")
        ->check(CLI::IsMember({"space", "together"}))->capture_default_str();
    command.add_option("--design-weight", specification.design_weight,
                       "weight of the density of the sites")->capture_default_str();
    command.add_option("--design-term", design_term, "coherent or talk")
        ->check(CLI::IsMember({"coherent", "talk"}))->capture_default_str();
    command.add_option("--base-density", base_density, "uniform or gaussian")
        ->check(CLI::IsMember({"uniform", "gaussian"}))->capture_default_str();
    command.add_option("--basis-size", specification.basis_size,
                       "velocity field: centres along an axis")->capture_default_str();
    command.add_option("--ridge", specification.ridge, "velocity field: penalty")
        ->capture_default_str();
    command.add_option("--fine-basis", specification.fine_basis_size,
                       "velocity field: centres along an axis of a second, finer level (0: none); the "
                       "automatic model keeps it only where evidence is for it")
        ->capture_default_str();
    command.add_option("--fine-ridge", specification.fine_ridge,
                       "velocity field: penalty of the second level")
        ->capture_default_str();
    command.add_option("--added-units", specification.added_units,
                       "velocity field: at most so many single functions where the residuals ask for "
                       "them and evidence is for them")
        ->capture_default_str();
    command.add_option("--layer-ridge", specification.layer_ridge,
                       "axial, radial-basis, mobius, spline and network: penalty of each coefficient")
        ->capture_default_str();
    command.add_option("--couplings", specification.couplings, "RealNVP: number of couplings")
        ->capture_default_str();
    command.add_option("--hidden-width", specification.hidden_width, "RealNVP and network: width")
        ->capture_default_str();
    command.add_option("--jacobian-penalty", specification.jacobian_penalty,
                       "RealNVP: penalty on how the Jacobian varies")->capture_default_str();
    command.add_option("--optimiser", optimiser, "lbfgs or adam")
        ->check(CLI::IsMember({"lbfgs", "adam"}))->capture_default_str();
    command.add_option("--max-iterations", fit.max_iterations, "per stage")->capture_default_str();
    command.add_option("--tolerance", fit.relative_tolerance, "relative fall of the objective to stop at")
        ->capture_default_str();
    command.add_option("--learning-rate", fit.learning_rate, "Adam only")->capture_default_str();
    command.add_option("--starts", fit.starts, "independent starts")->capture_default_str();
    command.add_option("--held-out", fit.held_out_fraction,
                       "share of the sites that is scored while training")->capture_default_str();
    likelihood.add_to(command);
    add_seed(command, fit.seed, "of every random number");
    command.add_option("--threads", fit.threads, "0: all cores but one")->capture_default_str();
    command.add_flag("!--no-posterior", fit.posterior,
                     "skip the curvature that evidence and averaging need");
}

ModelSpecification ModelOptions::resolved(bool with_covariates) const {
    ModelSpecification result = specification;
    result.log_scale = parsed(log_scale_from_string, log_scale);
    result.smoothness = parsed(smoothness_from_string, smoothness);
    if (correlation == "exponential" || correlation == "gaussian") {
        const auto own = correlation == "gaussian" ? Smoothness::infinite : Smoothness::half;
        if (result.smoothness != Smoothness::automatic && result.smoothness != own)
            throw UsageError("The " + correlation + " correlation is the Matérn of smoothness " +
                             to_string(own) + ": leave --smoothness out.");
        result.smoothness = own;
    } else {
        result.correlation = parsed(correlation_family_from_string, correlation);
    }
    if (trend.empty()) {
        result.trend = with_covariates ? Trend::covariates : Trend::constant;
    } else {
        result.trend = parsed(trend_from_string, trend);
    }
    result.transform = parsed(transform_from_string, transform);
    result.noise = noise == "student" ? NoiseKind::student : NoiseKind::gaussian;
    result.time_deformation = time_deformation == "together" ? TimeDeformation::together
                                                             : TimeDeformation::space_only;
    result.design_term = design_term == "talk" ? DesignTerm::talk : DesignTerm::coherent;
    result.base_density = base_density == "gaussian" ? BaseDensity::gaussian : BaseDensity::uniform;
    result.likelihood = likelihood.resolved();
    require_none(result.validate());
    return result;
}

void ModelOptions::add_outlines(ModelSpecification& s, const SpatialDataset& dataset) const {
    if (regions_from.empty()) return;
    std::string path = regions_from, layer;
    // The colon after a drive's letter is none.
    if (const auto colon = path.rfind(':'); colon != std::string::npos && colon > 1 && !std::filesystem::exists(path)) {
        layer = path.substr(colon + 1);
        path.resize(colon);
    }
    s.region_outlines = read_outlines(path, dataset, layer);
}

FitOptions ModelOptions::fit_options() const {
    FitOptions result = fit;
    result.optimiser = optimiser == "adam" ? OptimiserKind::adam : OptimiserKind::lbfgs;
    result.snapshots_per_second = 0.0;  // nothing here draws them
    require_none(result.validate());
    return result;
}

void PredictionOptions::add_to(CLI::App& command, bool with_target) {
    if (with_target) {
        command.add_option("--of", target, "signal, or observation with its nugget")
            ->check(CLI::IsMember({"signal", "observation"}))->capture_default_str();
    }
    command.add_flag("--plug-in", plug_in, "use the estimates alone instead of averaging");
    command.add_option("--draws", draws, "posterior draws that are averaged")->capture_default_str();
}

PredictOptions PredictionOptions::resolved(std::uint64_t seed, int threads) const {
    if (draws < 1 || draws > 10'000) throw UsageError("--draws must lie between 1 and 10,000.");
    PredictOptions result;
    result.target =
        target == "observation" ? PredictionTarget::observation : PredictionTarget::signal;
    result.averaged = !plug_in;
    result.draws = draws;
    result.seed = seed;
    result.threads = threads;
    return result;
}

}  // namespace anamorph::cli
