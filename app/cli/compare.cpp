// SPDX-License-Identifier: GPL-3.0-or-later
// The approximation laboratory: all likelihoods side by side at one model's parameters.
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/summary.h"
#include "app/cli/table_cell.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/base/json_number.h"
#include "core/fit/fit.h"
#include "core/io/project_file.h"
#include "core/validate/approximation_comparison.h"
#include "core/validate/cross_validation.h"

namespace anamorph::cli {
namespace {

struct CompareCommand {
    DataOptions data;
    ModelOptions model;
    std::string name = "stationary";
    GivenParameters parameters{0.0, 0.0, -1.0, Smoothness::three_halves};
    std::vector<int> neighbours, inducing;
    std::vector<double> taper_ranges, mesh_edges;
    ComparisonOptions options;
    GivenOptions given;
};

/// The tuning values of the command line; those kinds that got none keep their default ladder.
std::vector<LikelihoodOptions> approximations_of(const CompareCommand& command,
                                                 const SpatialDataset& dataset) {
    const LikelihoodOptions base = command.model.likelihood.resolved();
    std::vector<LikelihoodOptions> all;
    const auto ladder = [&](LikelihoodKind kind, const auto& values, auto member) {
        if (base.kind != LikelihoodKind::automatic && base.kind != kind) return;
        if (values.empty()) {
            for (LikelihoodOptions o : default_approximations(dataset)) {
                if (o.kind != kind) continue;
                LikelihoodOptions with = base;
                with.kind = kind;
                with.*member = o.*member;
                with.fitc = base.fitc && o.fitc;
                all.push_back(with);
            }
        }
        for (const auto& value : values) {
            LikelihoodOptions with = base;
            with.kind = kind;
            with.*member = value;
            all.push_back(with);
        }
    };
    ladder(LikelihoodKind::vecchia, command.neighbours, &LikelihoodOptions::neighbours);
    ladder(LikelihoodKind::taper, command.taper_ranges, &LikelihoodOptions::taper_range);
    ladder(LikelihoodKind::predictive_process, command.inducing, &LikelihoodOptions::inducing_sites);
    ladder(LikelihoodKind::spde, command.mesh_edges, &LikelihoodOptions::mesh_edge);
    return all;
}

/// What says how a model is fitted, where none is. @throws UsageError
void refuse_options_of_a_fit(const CompareCommand& command, const std::string& reason) {
    refuse_given(command.given,
                 {"--model", "--log-scale", "--correlation", "--structures", "--regions", "--regions-from",
                  "--kernel-basis", "--varying-smoothness", "--transform", "--varying-nugget", "--noise", "--degrees-of-freedom",
                  "--distance-covariate", "--time-deformation", "--design-weight", "--design-term", "--base-density",
                  "--basis-size", "--ridge", "--fine-basis", "--fine-ridge", "--added-units", "--layer-ridge",
                  "--couplings", "--hidden-width", "--jacobian-penalty", "--optimiser", "--max-iterations",
                  "--tolerance", "--learning-rate", "--starts", "--held-out"},
                 reason);
}

/// The tuning values and options of another likelihood than the one that is asked for. @throws UsageError
void check_likelihood_options(const CompareCommand& command) {
    using Kind = LikelihoodKind;
    const Kind asked = command.model.likelihood.resolved().kind;
    refuse_unused_likelihood_options(command.given,
                                     asked == Kind::automatic
                                         ? std::set<Kind>{Kind::vecchia, Kind::taper, Kind::predictive_process, Kind::spde}
                                         : std::set<Kind>{asked});
}

/// The model whose parameters are used: given ones, those of a project, or those of a fit.
std::shared_ptr<const FittedModel> model_of(const CompareCommand& command, Console& console,
                                            std::stop_token stop) {
    ModelSpecification specification = command.model.resolved(command.data.has_covariates());
    const bool given = command.parameters.range > 0.0;
    if (!given && (command.parameters.partial_sill > 0.0 || command.parameters.nugget >= 0.0))
        throw UsageError("Give --range, --partial-sill and --nugget together, or none of them.");
    if (given) {
        if (!(command.parameters.partial_sill > 0.0) || !(command.parameters.nugget >= 0.0))
            throw UsageError("Give --range, --partial-sill and --nugget together, or none of them.");
        refuse_options_of_a_fit(command, "with --range, --partial-sill and --nugget nothing is fitted.");
        GivenParameters parameters = command.parameters;
        if (specification.smoothness != Smoothness::automatic)
            parameters.smoothness = specification.smoothness;
        return stationary_model_at(command.data.load(console, stop), specification.trend, parameters);
    }
    if (names_a_project(command.data.path)) {
        Project project = open_project(command.data.path);
        if (project.fit) {
            const std::string reason = "the project holds a fitted model, and its parameters are used.";
            refuse_options_of_a_fit(command, reason);
            refuse_given(command.given, {"--smoothness", "--trend", "--drift-raster"}, reason);
            return project.fit->model_pointer();
        }
    }
    ModelChoice choice;
    // The estimates come from the likelihood that is chosen for the data; all are compared at them.
    specification.likelihood.kind = LikelihoodKind::automatic;
    try {
        choice = model_choice_from_name(command.name, specification);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
    GivenOptions of_the_fit = command.given;
    for (const char* compared : {"--neighbours", "--ordering", "--nugget-form", "--taper", "--taper-ranges",
                                 "--inducing", "--placement", "--no-fitc", "--mesh-edges", "--mesh-border", "--spde-basis", "--alpha"})
        of_the_fit.erase(compared);
    refuse_unused_model_options(of_the_fit, command.model, {choice});
    FitOptions options = command.model.fit_options();
    options.posterior = choice.automatic;
    const auto dataset = command.data.load(console, stop);
    refuse_options_unused_by(*dataset, command.given, command.data);
    command.model.add_outlines(choice.specification, *dataset);
    const FitObserver observer = [&](const IterationSummary& summary) {
        Progress progress;
        progress.fraction = summary.fraction;
        progress.message = summary.stage;
        console.progress(progress);
        return FitDecision::proceed;
    };
    return (choice.automatic ? fit_automatic(dataset, choice.specification, options, observer, stop)
                             : fit(dataset, choice.specification, options, observer, stop))
        .model_pointer();
}

Json row_json(const ApproximationRow& row) {
    Json object = {{"likelihood", to_string(row.options.kind)}, {"label", row.label}};
    if (!row.tuning_name.empty()) object[row.tuning_name] = row.tuning;
    if (row.options.kind == LikelihoodKind::predictive_process) object["fitc"] = row.options.fitc;
    if (!row.failure.empty()) {
        object["failure"] = row.failure;
        return object;
    }
    object.update(Json{{"smoothness", to_string(row.smoothness)},
                       {"log_likelihood", json_number<Json>(row.log_likelihood)},
                       {"log_likelihood_error", json_number<Json>(row.log_likelihood_error)},
                       {"divergence", json_number<Json>(row.divergence)},
                       {"divergence_standard_error", json_number<Json>(row.divergence_standard_error)},
                       {"largest_mean_difference", json_number<Json>(row.largest_mean_difference)},
                       {"largest_sd_difference", json_number<Json>(row.largest_sd_difference)},
                       {"seconds",
                        {{"setup", json_number<Json>(row.setup_seconds)},
                         {"likelihood", json_number<Json>(row.likelihood_seconds)},
                         {"gradient", json_number<Json>(row.gradient_seconds)},
                         {"map", json_number<Json>(row.map_seconds)}}},
                       {"bytes", json_number<Json>(row.bytes)}});
    return object;
}

/// Pads to a width in characters, not bytes.
std::string padded(const std::string& text, std::size_t width, bool left = false) {
    std::size_t characters = 0;
    for (unsigned char c : text) characters += (c & 0xC0U) != 0x80U;
    const std::string fill(width > characters ? width - characters : 0, ' ');
    return left ? text + fill : fill + text;
}

std::string table_of(const ApproximationComparison& result) {
    std::string text = padded("likelihood", 46, true) + padded("tuning", 10) + padded("log lik.", 13) +
                       padded("error", 11) + padded("KL ± s.e.", 20) + padded("map", 10) +
                       padded("sd", 10) + padded("value s", 10) + padded("grad. s", 10) +
                       padded("map s", 9) + padded("MB", 9) + "\n";
    for (const auto& row : result.rows) {
        text += padded(row.label, 46, true) + padded(cell("%.4g", row.tuning), 10);
        if (!row.failure.empty()) {
            text += "  " + row.failure + "\n";
            continue;
        }
        std::string divergence = cell("%.3g", row.divergence);
        if (row.divergence_standard_error > 0.0)
            divergence += " ± " + cell("%.2g", row.divergence_standard_error);
        text += padded(cell("%.4f", row.log_likelihood), 13) +
                padded(cell("%.3g", row.log_likelihood_error), 11) + padded(divergence, 20) +
                padded(cell("%.2g", row.largest_mean_difference), 10) +
                padded(cell("%.2g", row.largest_sd_difference), 10) +
                padded(cell("%.2g", row.likelihood_seconds), 10) +
                padded(cell("%.2g", row.gradient_seconds), 10) +
                padded(cell("%.2g", row.map_seconds), 9) + padded(cell("%.3g", row.bytes / 1e6), 9) + "\n";
    }
    for (const auto& note : result.notes) text += note + "\n";
    return text;
}

int run(const CompareCommand& command, Console& console) {
    check_likelihood_options(command);
    refuse_unused_data_options(command.given, command.data);
    const Interruption interruption(false);
    const auto model = model_of(command, console, interruption.token());
    ComparisonOptions options = command.options;
    options.approximations = approximations_of(command, model->dataset());
    options.threads = command.model.fit.threads;
    options.seed = command.model.fit.seed;
    const auto problems = options.validate();
    if (!problems.empty()) throw UsageError(problems.front());
    const ApproximationComparison result =
        compare_approximations(*model, options, console.observer(), interruption.token());
    const CovarianceParameters p = model->parameters();
    Json rows = Json::array();
    for (const auto& row : result.rows) rows.push_back(row_json(row));
    const Json object = {{"data", dataset_json(model->dataset())},
                         {"model", model->label()},
                         {"parameters",
                          {{"partial_sill", p.partial_sill},
                           {"range", p.range},
                           {"nugget", p.nugget},
                           {"smoothness", to_string(model->specification().smoothness)}}},
                         {"map_cells", result.cells},
                         {"approximations", rows},
                         {"notes", result.notes}};
    std::string text = dataset_text(model->dataset()) + "Model: " + model->label() + ", partial sill " +
                       short_number(p.partial_sill) + ", range " + short_number(p.range) + ", nugget " +
                       short_number(p.nugget) + ", smoothness " +
                       to_string(model->specification().smoothness) + "\n";
    console.result(object, text + table_of(result));
    return success;
}

}  // namespace

void add_compare(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<CompareCommand>();
    CLI::App* command = app.add_subcommand(
        "compare", "all approximations of the likelihood side by side, beside the exact one");
    options->data.add_to(*command);
    command->add_option("--model", options->name, "fitted first, unless parameters are given or DATA "
                        "is a project with a fit")->capture_default_str();
    command->add_option("--range", options->parameters.range, "given parameters instead of a fit: ℓ");
    command->add_option("--partial-sill", options->parameters.partial_sill, "σ²");
    command->add_option("--nugget", options->parameters.nugget, "τ², a variance");
    options->model.add_to(*command);
    command->remove_option(command->get_option("--neighbours"));
    command->remove_option(command->get_option("--inducing"));
    command->remove_option(command->get_option("--taper-range"));
    command->remove_option(command->get_option("--mesh-edge"));
    // Nothing is averaged, and no inducing site is moved.
    for (const char* name : {"--no-posterior", "--move-inducing"}) command->remove_option(command->get_option(name));
    command->get_option("--likelihood")->description("only this one; auto: all of them");
    const std::string group = "Tuning values, separated by commas";
    command->add_option("--neighbours", options->neighbours, "Vecchia")->delimiter(',')->group(group);
    command->add_option("--taper-ranges", options->taper_ranges, "taper")->delimiter(',')->group(group);
    command->add_option("--inducing", options->inducing, "predictive process")->delimiter(',')->group(group);
    command->add_option("--mesh-edges", options->mesh_edges, "spde")->delimiter(',')->group(group);
    command->add_option("--exact-limit", options->options.exact_limit,
                        "sites up to which the exact likelihood is computed")->capture_default_str();
    command->add_option("--divergence-limit", options->options.divergence_limit,
                        "sites up to which the divergence is computed")->capture_default_str();
    command->add_option("--probes", options->options.probes, "random vectors of the divergence's trace")
        ->capture_default_str();
    command->add_option("--map", options->options.map_cells,
                        "cells on the longest side of the map that is compared; 0: none")
        ->capture_default_str();
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
