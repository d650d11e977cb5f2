// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/fit.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/points.h"
#include "app/cli/summary.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/fit/combinations.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/forecast.h"
#include "core/fit/local_smoothness.h"
#include "core/io/atomic_file.h"
#include "core/io/project_file.h"
#include "core/validate/model_choice.h"

namespace anamorph::cli {
namespace {

struct FitCommand {
    DataOptions data;
    ModelOptions model;
    PredictionOptions prediction;
    std::string name = "auto";
    std::string out, resume;
    Index map_cells = 0;
    std::vector<std::string> map_times;
    double checkpoint_seconds = 30.0;
    GivenOptions given;
};

/// What is compatible with --resume: everything else comes from the project.
const std::vector<std::string> kWithResume = {"--resume", "--out", "--map", "--map-times", "--threads",
                                              "--max-iterations", "--of", "--plug-in", "--draws",
                                              "--no-posterior",
                                              "--checkpoint"};

/// Shows each iteration; a first interruption stops the fit and keeps the best.
FitObserver observer_for(Console& console, bool keep_best) {
    return [&console, keep_best](const IterationSummary& summary) {
        Progress progress;
        progress.fraction = summary.fraction;
        progress.seconds_left = summary.seconds_left;
        progress.message = summary.stage + ", iteration " + std::to_string(summary.iteration) +
                           ", loss " + short_number(summary.loss.total);
        console.progress(progress);
        return keep_best && Interruption::requested() ? FitDecision::stop_keep_best
                                                      : FitDecision::proceed;
    };
}

ModelChoice choice_of(const FitCommand& command, const ModelSpecification& specification) {
    try {
        return model_choice_from_name(command.name, specification);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
}

/// The chosen model's map, for the project. A second interruption leaves it out.
std::optional<GridMap> map_of(const FitCommand& command, const FitResult& fit,
                              const std::vector<RasterSource>& rasters,
                              const PredictOptions& options, Console& console,
                              std::stop_token stop) {
    if (command.map_cells == 0 || fit.stopped_early) return std::nullopt;
    const SpatialDataset& dataset = fit.model().dataset();
    auto grid = map_grid(dataset, command.map_cells, parse_times(command.map_times, dataset));
    Matrix covariates;
    if (needs_covariates(fit.model().specification())) {
        covariates = covariates_of_cells(rasters_of_covariates(dataset, rasters), dataset.coordinate_system, grid);
    }
    GridMap map = predict_on_grid(fit.model(), grid, covariates, options, console.observer(), stop);
    if (auto smoothness = smoothness_layer(fit.model(), grid)) map.further.push_back(std::move(*smoothness));
    return map;
}

void check_usage(const FitCommand& command, const ModelChoice& choice) {
    if (command.resume.empty() && command.data.path.empty()) {
        throw UsageError("fit needs DATA, or --resume with a project.");
    }
    if (command.resume.empty()) {
        refuse_unused_model_options(command.given, command.model, {choice});
        refuse_unused_data_options(command.given, command.data);
    }
    refuse_unused_prediction_options(command.given, command.prediction);
    if (command.map_cells == 0)
        refuse_given(command.given, {"--of", "--plug-in", "--draws"}, "fit predicts for its map alone (--map CELLS).");
    if (command.out.empty())
        refuse_given(command.given, {"--checkpoint"}, "the unfinished fit is kept in the project (--out FILE).");
    if (command.map_cells != 0 && command.out.empty()) {
        throw UsageError("--map puts the map into the project and needs --out.");
    }
    if (command.map_cells == 0 && !command.map_times.empty()) throw UsageError("--map-times belongs to --map.");
    if (command.map_cells < 0 || command.map_cells > 5000) {
        throw UsageError("--map takes 1 to 5000 cells on the longest side.");
    }
    if (command.map_cells != 0 && needs_covariates(choice.specification) &&
        !command.data.covariates.empty()) {
        throw UsageError("--map needs the covariates on the whole grid: name rasters of them "
                         "(--drift-raster), or use predict --at with a table.");
    }
}

/// A project that goes on from an earlier one: its data, specification, options and estimates.
Project resumed(const FitCommand& command, const FitOptions& fit_options) {
    for (const auto& name : command.given) {
        if (std::find(kWithResume.begin(), kWithResume.end(), name) == kWithResume.end()) {
            throw UsageError("--resume takes the data and the model from the project: leave " +
                             (name.starts_with("-") ? name : std::string("DATA")) + " out.");
        }
    }
    Project project = open_project(command.resume);
    if (!project.fit) {
        throw Error(ErrorCode::bad_input, command.resume + " holds no fit to go on from.",
                    "Fit it first: anamorph-cli fit " + command.resume + " --out FILE.");
    }
    project.options.threads = fit_options.threads;
    project.options.max_iterations = fit_options.max_iterations;
    project.options.posterior = fit_options.posterior;
    project.options.snapshots_per_second = 0.0;
    project.options.resume_from = std::make_shared<const FitResult>(*project.fit);
    project.log.push_back("anamorph-cli fit --resume " + command.resume);
    return project;
}

Project begun(const FitCommand& command, const ModelChoice& choice, const FitOptions& fit_options,
              Console& console, std::stop_token stop) {
    Project project;
    project.dataset = command.data.load(console, std::move(stop), &project.covariate_rasters);
    refuse_options_unused_by(*project.dataset, command.given, command.data);
    project.specification = choice.specification;
    command.model.add_outlines(project.specification, *project.dataset);
    project.automatic = choice.automatic;
    project.options = fit_options;
    project.log.push_back("anamorph-cli fit " + command.data.path + " --model " + command.name +
                          " --seed " + std::to_string(fit_options.seed));
    return project;
}

/// What is known of an unfinished fit goes to the project now and then: whatever ends the program,
/// --resume goes on from there.
void keep_checkpoints(const FitCommand& command, Project& project, Console& console) {
    project.options.checkpoint_seconds = command.checkpoint_seconds;
    // A copy: the project itself is being fitted.
    auto unfinished = std::make_shared<Project>(project);
    unfinished->options.resume_from.reset();
    project.options.checkpoint = [unfinished, &command, &console](const FitResult& partial) {
        unfinished->fit = partial;
        try {
            save_project(command.out, *unfinished);
        } catch (const Error& error) {
            console.notice("The state of the fit could not be saved: " + error.full_text());
        }
    };
}

/// The name on the command line of what a project asks for.
std::string asked_model(const Project& project) {
    if (project.automatic) return "auto";
    return model_name(project.specification) +
           (project.specification.log_scale == LogScale::yes ? "+log-scale" : "");
}

/// What the fit will take, said before it starts where that is more than a moment.
Json forecast_of(const Project& project, Index map_cells, Console& console) {
    check_combination(*project.dataset, project.specification, project.automatic);
    ForecastOptions options;
    options.automatic_model = project.automatic;
    options.posterior = project.options.posterior;
    options.threads = project.options.threads;
    options.map_cells = map_cells * map_cells;
    const Forecast f = forecast_fit(*project.dataset, project.specification, options);
    if (f.fit_seconds > 2.0) console.notice("Forecast: " + f.sentence());
    return {{"likelihood", to_string(f.likelihood.options.kind)},
            {"reason", f.likelihood.reason},
            {"seconds", f.fit_seconds},
            {"evaluation_seconds", f.evaluation_seconds},
            {"evaluations", f.evaluations},
            {"map_seconds", f.map_seconds},
            {"bytes", f.bytes},
            {"available_bytes", f.available_bytes}};
}

int run(const FitCommand& command, Console& console) {
    const FitOptions fit_options = command.model.fit_options();
    const PredictOptions predict_options =
        command.prediction.resolved(fit_options.seed, fit_options.threads);
    const ModelChoice choice =
        choice_of(command, command.model.resolved(command.data.has_covariates()));
    check_usage(command, choice);

    const bool keeps_best = !command.out.empty();
    if (keeps_best) require_writable(command.out);
    const Interruption interruption(keeps_best);
    Project project = command.resume.empty()
                          ? begun(command, choice, fit_options, console, interruption.token())
                          : resumed(command, fit_options);
    if (command.map_cells > 0) {  // what the map needs is asked for before the fit, not after it
        (void)parse_times(command.map_times, *project.dataset);
        if (needs_covariates(project.specification))
            (void)rasters_of_covariates(*project.dataset, project.covariate_rasters);
    }
    const Json forecast = command.resume.empty()
                              ? forecast_of(project, command.map_cells, console)
                              : Json(nullptr);
    if (keeps_best) keep_checkpoints(command, project, console);
    const FitObserver observer = observer_for(console, keeps_best);
    project.fit = project.automatic ? fit_automatic(project.dataset, project.specification,
                                                    project.options, observer, interruption.token())
                                    : fit(project.dataset, project.specification, project.options,
                                          observer, interruption.token());
    project.options.resume_from.reset();
    project.options.checkpoint = nullptr;
    if (keeps_best) save_project(command.out, project);  // the fit is kept whatever becomes of its map
    project.map = map_of(command, *project.fit, project.covariate_rasters, predict_options, console, interruption.token());
    if (keeps_best && project.map) save_project(command.out, project);

    Json object = {{"model", asked_model(project)}, {"data", dataset_json(*project.dataset)}};
    object.update(fit_json(*project.fit));
    object["likelihood"] = label_of(project.fit->model().specification().likelihood);
    object["evaluations"] = project.fit->model().evaluations();
    object["forecast"] = forecast;
    object["out"] = keeps_best ? Json(command.out) : Json(nullptr);
    std::string text = dataset_text(*project.dataset);
    text += "Likelihood: " + label_of(project.fit->model().specification().likelihood) + "\n";
    text += fit_text(*project.fit);
    if (keeps_best) text += "Written to " + command.out + ".\n";
    console.result(object, text);
    return Interruption::requested() ? interrupted : success;
}

}  // namespace

void add_fit(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<FitCommand>();
    CLI::App* command = app.add_subcommand("fit", "fit a model and keep it in a project file");
    options->data.add_to(*command, false);
    command->add_option("--model", options->name,
                        "auto, stationary, axis-aligned, anisotropic, velocity-field, realnvp, radial, axial, "
                        "radial-basis, mobius, spline, network, or several of the deformations in the "
                        "order in which they are applied (axial+radial-basis); +log-scale may be appended")->capture_default_str();
    options->model.add_to(*command);
    options->prediction.add_to(*command, true);
    command->add_option("--map-times", options->map_times,
                        "space with time: times of that map, separated by commas (default: the middle)")
        ->delimiter(',');
    command->add_option("--map", options->map_cells,
                        "also map the prediction, with so many cells on the longest side");
    command->add_option("--out", options->out, "project file to write (.gpkg)");
    command->add_option("--checkpoint", options->checkpoint_seconds,
                        "seconds between two saved states of the unfinished fit in --out")
        ->check(CLI::Range(0.0, 3600.0))->capture_default_str();
    command->add_option("--resume", options->resume,
                        "project to go on from, with its data and model; no DATA then");
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
