// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/output_file.h"
#include "app/cli/points.h"
#include "app/cli/unused_options.h"
#include "core/fit/covariate_distance.h"
#include "core/io/atomic_file.h"
#include "core/io/export.h"
#include "core/io/project_file.h"
#include "core/predict/conditional_simulation.h"

namespace anamorph::cli {
namespace {

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kMostValues = 4e9;  // of all simulations together

struct DrawCommand {
    std::string project, at, grid, out, target = "signal", method = "sequential";
    std::array<std::string, 3> names;
    std::vector<double> bounds, quantiles, thresholds;
    std::vector<std::string> drift_rasters, times;
    std::string time_column;
    SimulationOptions simulation;
    bool summary = false;
    GivenOptions given;
};

void check_usage(const DrawCommand& command) {
    if (command.at.empty() == command.grid.empty()) {
        throw UsageError("draw takes either --at FILE or --grid NXxNY.");
    }
    if (command.grid.empty() && !command.bounds.empty()) {
        throw UsageError("--bounds belongs to --grid.");
    }
    refuse_columns_without_points(command.given, !command.at.empty());
    check_map_file("draw", command.out, !command.at.empty());
    const SimulationOptions& options = command.simulation;
    if (options.count < 1 || options.count > 100'000) {
        throw UsageError("--count must lie between 1 and 100,000.");
    }
    PredictOptions levels;
    levels.quantiles = command.quantiles;
    levels.thresholds = command.thresholds;
    if (const auto problems = levels.validate(); !problems.empty()) throw UsageError(problems.front());
    if (options.threads < 0 || options.threads > 1024) {
        throw UsageError("--threads must lie between 0 and 1024.");
    }
}

/// Mean, standard deviation, quantiles or probabilities were asked for.
bool wants_summary(const DrawCommand& command) {
    return command.summary || !command.quantiles.empty() || !command.thresholds.empty();
}

/// "draw_1" …, then "mean", "sd", "q0.05" …, "above_50" … where a summary is asked for; names that the
/// table has get a prefix.
std::vector<std::string> column_names(const DrawCommand& command, const Table* table) {
    std::vector<std::string> names;
    for (int k = 1; k <= command.simulation.count; ++k) names.push_back("draw_" + std::to_string(k));
    if (wants_summary(command)) {
        names.insert(names.end(), {"mean", "sd"});
        PredictOptions levels;
        levels.quantiles = command.quantiles;
        levels.thresholds = command.thresholds;
        for (const FurtherLayer& layer : further_layers(levels)) names.push_back(layer.short_name());
    }
    if (table) {
        for (std::string& name : names) {
            if (table->find(name) >= 0) name = "simulated_" + name;
        }
    }
    return names;
}

/// Appends the summary of the simulations as further columns, where asked for.
Matrix with_summary(const DrawCommand& command, Matrix draws) {
    if (!wants_summary(command)) return draws;
    const DrawSummary summary = summary_of(draws, command.quantiles, command.thresholds);
    const Index count = draws.cols(), q = summary.quantiles.cols(), t = summary.exceedance.cols();
    draws.conservativeResize(Eigen::NoChange, count + 2 + q + t);
    draws.col(count) = summary.mean;
    draws.col(count + 1) = summary.standard_deviation;
    draws.middleCols(count + 2, q) = summary.quantiles;
    draws.rightCols(t) = summary.exceedance;
    return draws;
}

Index draw_points(const DrawCommand& command, const Project& project, const FittedModel& model, Console& console,
                  std::stop_token stop) {
    SpatialDataset data = model.dataset();
    if (!needs_covariates(model.specification())) data.covariate_names.clear();
    const TablePoints points = read_points(command.at, data, axis_columns(command.names, command.time_column, data),
                                           rasters_of(project, command.drift_rasters),
                                           one_time(command.times, data));
    const Matrix draws =
        with_summary(command, draw_at(model, points.coordinates, points.covariates,
                                      command.simulation, console.observer(), std::move(stop)));
    write_columns_csv(command.out, points.table, column_names(command, &points.table), draws);
    return draws.rows();
}

Index draw_grid(const DrawCommand& command, const Project& project, const FittedModel& model, Console& console,
                std::stop_token stop) {
    const SpatialDataset& data = model.dataset();
    if (is_tiff(command.out) && data.space_dimension() < 2) {
        throw UsageError("A GeoTIFF needs two or three dimensions: --out must end in .csv.");
    }
    PredictionGrid grid =
        grid_over(data, map_shape(command.grid, data), command.bounds, times_of_grid(command.times, model));
    const double values = static_cast<double>(grid.cell_count()) * command.simulation.count;
    if (values > kMostValues) {
        throw UsageError("These simulations need about " +
                         short_number(16.0 * values / kGibibyte) +
                         " GiB of memory. Draw fewer at a time, with other seeds.");
    }
    Matrix covariates;
    if (needs_covariates(model.specification())) {
        covariates = covariates_in_cells(
            covariates_of_grid(command.times, rasters_of(project, command.drift_rasters), model), data, grid);
    }
    const Matrix draws = with_summary(command, draw_on_grid(model, grid, covariates, command.simulation,
                                                            console.observer(), std::move(stop)));
    const std::vector<std::string> names = column_names(command, nullptr);
    if (is_tiff(command.out)) {
        write_draws_geotiff(command.out, grid, draws, names, data, command.thresholds.size());
    } else {
        write_draws_csv(command.out, grid, draws, names, data);
    }
    return grid.cell_count();
}

int run(DrawCommand command, Console& console) {
    check_usage(command);
    if (command.target == "observation") {
        command.simulation.target = PredictionTarget::observation;
    }
    if (command.method == "spectral") command.simulation.method = SimulationMethod::spectral;
    require_writable(command.out);
    const Interruption interruption(false);
    const Project project = open_project(command.project);
    const FittedModel& model = model_of(project, command.project);
    if (!needs_covariates(model.specification()))
        refuse_given(command.given, {"--drift-raster"}, "the model has no covariates.");
    const std::string realisation = chosen_realisation(command.simulation.realisation, model);
    const Index count = command.at.empty()
                            ? draw_grid(command, project, model, console, interruption.token())
                            : draw_points(command, project, model, console, interruption.token());
    const int draws = command.simulation.count;
    const bool averaged = command.simulation.averaged && model.has_posterior();
    const Json object = {{"model", model.label()}, {"of", command.target},
                         {"averaged", averaged},   {"draws", draws},
                         {"realisation", realisation.empty() ? Json(nullptr) : Json(realisation)},
                         {"method", command.method},
                         {"points", count},        {"seed", command.simulation.seed},
                         {"out", command.out}};
    console.result(object, "Drew " + std::to_string(draws) + " simulation" +
                               (draws == 1 ? "" : "s") + " of the " + command.target + " at " +
                               std::to_string(count) + (command.at.empty() ? " cell" : " point") +
                               (count == 1 ? "" : "s") + " with " + model.label() +
                               ". Written to " + command.out + ".");
    return success;
}

}  // namespace

void add_draw(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<DrawCommand>();
    CLI::App* command = app.add_subcommand(
        "draw", "conditional simulations: fields that agree with the data, at points or on a grid");
    command->add_option("project", options->project, "project file with a fitted model")
        ->required()->type_name("PROJECT");
    command->add_option("--count", options->simulation.count, "number of simulations")
        ->capture_default_str();
    command->add_option("--method", options->method,
                        "of the field that is conditioned: sequential, or spectral (a sum of cosines)")
        ->check(CLI::IsMember({"sequential", "spectral"}))->capture_default_str();
    add_places(*command, options->at, options->names, options->grid);
    add_time(*command, options->times, options->time_column);
    add_realisation(*command, options->simulation.realisation);
    command->add_option("--bounds", options->bounds,
                        "lower corner, upper corner: xmin,ymin,xmax,ymax")->delimiter(',');
    add_drift_rasters(*command, options->drift_rasters);
    command->add_option("--of", options->target, "signal, or observation with its nugget")
        ->check(CLI::IsMember({"signal", "observation"}))->capture_default_str();
    command->add_flag("--averaged", options->simulation.averaged,
                      "draw the parameters too, from their posterior");
    command->add_flag("--summary", options->summary,
                      "add mean and standard deviation of the simulations");
    command->add_option("--quantiles", options->quantiles,
                        "probabilities, such as 0.05,0.95: add these quantiles of the simulations")->delimiter(',');
    command->add_option("--above", options->thresholds,
                        "values, separated by commas: add the share of the simulations above each")->delimiter(',');
    add_seed(*command, options->simulation.seed, "of every random number");
    command->add_option("--threads", options->simulation.threads, "0: all cores but one")
        ->capture_default_str();
    command->add_option("--out", options->out,
                        "file to write: .csv, or .tif with one band a simulation")->required();
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
