// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/likelihood_options.h"

#include <CLI/CLI.hpp>

#include "app/cli/command.h"

namespace anamorph::cli {

void LikelihoodArguments::add_to(CLI::App& command) {
    const std::string group = "Likelihood";
    command.add_option("--likelihood", likelihood,
                       "auto, exact, vecchia, taper, predictive-process or spde")
        ->check(CLI::IsMember({"auto", "exact", "vecchia", "taper", "predictive-process", "spde"}))
        ->capture_default_str()->group(group);
    command.add_option("--neighbours", options.neighbours, "Vecchia: sites conditioned on")
        ->capture_default_str()->group(group);
    command.add_option("--ordering", ordering, "Vecchia: maximin, random or given")
        ->check(CLI::IsMember({"maximin", "random", "given"}))->capture_default_str()->group(group);
    command.add_option("--nugget-form", nugget_form,
                       "Vecchia: conditionals of the observations (response) or of the field (latent)")
        ->check(CLI::IsMember({"response", "latent"}))->capture_default_str()->group(group);
    command.add_option("--taper-range", options.taper_range,
                       "taper: distance beyond which the covariance is zero, in units of the "
                       "coordinates; 0: chosen")->capture_default_str()->group(group);
    command.add_option("--taper", taper, "taper: one or two tapers")
        ->check(CLI::IsMember({"one", "two"}))->capture_default_str()->group(group);
    command.add_option("--inducing", options.inducing_sites, "predictive process: inducing sites")
        ->capture_default_str()->group(group);
    command.add_option("--placement", placement, "predictive process: k-means or maximin")
        ->check(CLI::IsMember({"k-means", "maximin"}))->capture_default_str()->group(group);
    command.add_flag("!--no-fitc", options.fitc,
                     "predictive process: without the correction of its variances")->group(group);
    command.add_flag("--move-inducing", options.move_inducing,
                     "predictive process: the fit moves the inducing sites")->group(group);
    command.add_option("--mesh-edge", options.mesh_edge,
                       "spde: longest edge of the mesh, in units of the coordinates; 0: chosen")
        ->capture_default_str()->group(group);
    command.add_option("--mesh-border", options.mesh_border,
                       "spde: width of the mesh's border, share of the extent's longest side")
        ->capture_default_str()->group(group);
    command.add_option("--spde-basis", options.spde_basis,
                       "spde: functions along an axis for coefficients that vary in space; 0: constant")
        ->capture_default_str()->group(group);
    command.add_option("--alpha", options.spde_alpha, "spde: order of the operator, 1 or 2")
        ->capture_default_str()->group(group);
}

LikelihoodOptions LikelihoodArguments::resolved() const {
    LikelihoodOptions result = options;
    result.kind = likelihood_from_string(likelihood);
    result.ordering = ordering_from_string(ordering);
    result.nugget_form = nugget_form == "latent" ? NuggetForm::latent : NuggetForm::response;
    result.taper_form = taper == "two" ? TaperForm::two_taper : TaperForm::one_taper;
    result.placement =
        placement == "maximin" ? InducingPlacement::maximin : InducingPlacement::k_means;
    std::string problems;
    for (const auto& problem : result.validate()) problems += (problems.empty() ? "" : " ") + problem;
    if (!problems.empty()) throw UsageError(problems);
    return result;
}

}  // namespace anamorph::cli
