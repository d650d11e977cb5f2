// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/local_range.h"
#include "app/cli/model_options.h"
#include "app/cli/output_file.h"
#include "app/cli/points.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/fit/covariate_distance.h"
#include "core/io/atomic_file.h"
#include "core/io/export.h"
#include "core/io/map_csv.h"
#include "core/io/project_file.h"
#include "core/io/tiled_raster.h"
#include "core/predict/tiled_prediction.h"

namespace anamorph::cli {
namespace {

constexpr Index kCellsOfATile = 65'536;

struct PredictCommand {
    std::string project, at, grid, out, sd;
    std::array<std::string, 3> names;
    std::vector<double> bounds, quantiles, thresholds;
    std::vector<std::string> drift_rasters, times;
    std::string time_column, realisation;
    PredictionOptions prediction;
    std::uint64_t seed = 1;
    int threads = 0;
    bool local_range = false, monte_carlo = false;
    GivenOptions given;
};

void check_usage(const PredictCommand& command) {
    if (!command.at.empty() && !command.grid.empty()) {
        throw UsageError("predict takes either --at FILE or --grid NXxNY.");
    }
    if (command.at.empty() && command.grid.empty() && !(command.times.empty() && command.time_column.empty())) {
        throw UsageError("--time and --time-column belong to --at FILE or --grid NXxNY.");
    }
    if (command.at.empty() && command.grid.empty() && !command.realisation.empty()) {
        throw UsageError("--realisation belongs to --at FILE or --grid NXxNY.");
    }
    if (command.grid.empty() && !command.bounds.empty()) {
        throw UsageError("--bounds belongs to --grid.");
    }
    refuse_columns_without_points(command.given, !command.at.empty());
    refuse_unused_prediction_options(command.given, command.prediction);
    if (command.at.empty() && command.grid.empty())
        refuse_given(command.given, {"--of", "--plug-in", "--draws", "--seed", "--drift-raster"},
                     "without --at FILE and --grid NXxNY the project's map is written as it is.");
    check_map_file("predict", command.out, !command.at.empty());
    if (!command.sd.empty() && (!command.at.empty() || !is_tiff(command.sd))) {
        throw UsageError("--sd writes the standard deviation of a map to a .tif or .tiff file.");
    }
    if (command.at.empty() && command.grid.empty() &&
        !(command.quantiles.empty() && command.thresholds.empty())) {
        throw UsageError("--quantiles and --above need --at FILE or --grid NXxNY; the project's map "
                         "is written with the layers that it has.");
    }
    if (command.monte_carlo && !command.local_range) throw UsageError("--monte-carlo belongs to --local-range.");
    if (command.local_range) {
        if (command.at.empty() && command.grid.empty()) {
            throw UsageError("--local-range needs --at FILE or --grid NXxNY.");
        }
        if (!command.sd.empty() || !command.quantiles.empty() || !command.thresholds.empty()) {
            throw UsageError("--local-range writes the posterior of the local range alone: leave --sd, "
                             "--quantiles and --above out.");
        }
        if (!command.realisation.empty() || command.prediction.plug_in ||
            command.prediction.target == "observation" || !command.drift_rasters.empty()) {
            throw UsageError("The local range is the same for every realisation and needs no covariates: leave "
                             "--realisation, --plug-in, --of and --drift-raster out.");
        }
    }
    if (command.threads < 0 || command.threads > 1024) {
        throw UsageError("--threads must lie between 0 and 1024.");
    }
}

/// Predicts and writes; returns how many predictions were written.
Index predict_points(const PredictCommand& command, const Project& project, const FittedModel& model,
                     const PredictOptions& options, Console& console, std::stop_token stop) {
    SpatialDataset data = model.dataset();
    // Covariates are needed only where trend or distance have them.
    if (!needs_covariates(model.specification())) data.covariate_names.clear();
    const TablePoints points = read_points(command.at, data, axis_columns(command.names, command.time_column, data),
                                           rasters_of(project, command.drift_rasters),
                                           one_time(command.times, data));
    const Prediction prediction = predict_at(model, points.coordinates, points.covariates, options,
                                             console.observer(), stop);
    write_predictions_csv(command.out, points.table, prediction, options);
    return prediction.mean.size();
}

void write_map(const PredictCommand& command, const GridMap& map, const SpatialDataset& data) {
    if (is_tiff(command.out)) {
        write_geotiff(command.out, map, data);
    } else {
        write_map_csv(command.out, map, data);
    }
    if (!command.sd.empty()) {
        write_geotiff(command.sd, map.grid, map.standard_deviation, "standard deviation", data);
    }
}

/// Writes the map that the project holds already.
Index write_stored_map(const PredictCommand& command, const Project& project) {
    if (!project.map) {
        throw UsageError("The project holds no map: predict needs --at FILE or --grid NXxNY.");
    }
    write_map(command, *project.map, *project.dataset);
    return project.map->grid.active_count();
}

/// Predicts tile by tile; `write` gets each, `keep` (told whether they are complete) gives the files
/// their names. An interruption or an error after the first tile keeps what is finished and says so.
template <class Write, class Keep>
void predict_by_tiles(const FittedModel& model, const PredictionGrid& grid,
                      const std::vector<GridTile>& tiles, const PredictOptions& options,
                      const CovariateSource& covariates, const Write& write, const Keep& keep,
                      const std::string& out, Console& console, std::stop_token stop) {
    Index finished = 0;
    try {
        predict_tiles(
            model, grid, tiles, options,
            [&](const GridTile& tile, const TilePrediction& values) {
                write(tile, values);
                finished += tile.cell_count();
            },
            console.observer(), std::move(stop), covariates);
    } catch (const Error& error) {
        if (finished == 0) throw;
        keep(false);
        throw Error(error.code(),
                    std::string(error.what()) + " " + out + " holds the " +
                        std::to_string(finished) + " cells that were finished, of " +
                        std::to_string(grid.cell_count()) + ".",
                    error.hint());
    }
    keep(true);
}

Index predict_grid(const PredictCommand& command, const Project& project, const FittedModel& model,
                   const PredictOptions& options, Console& console, std::stop_token stop) {
    const SpatialDataset& data = model.dataset();
    CovariateSource covariates;
    const std::vector<double> times = times_of_grid(command.times, model);
    if (needs_covariates(model.specification())) {
        covariates = covariates_of_grid(command.times, rasters_of(project, command.drift_rasters), model);
    }
    const PredictionGrid grid = grid_over(data, map_shape(command.grid, data), command.bounds, times);
    const std::vector<FurtherLayer> further = further_layers(options);
    std::optional<TiledRaster> sd_raster;
    if (!command.sd.empty()) {
        sd_raster.emplace(command.sd, grid,
                          std::vector<LayerName>{{"standard deviation", false}}, data);
    }
    const auto also_sd = [&](const GridTile& tile, const Vector& sd) {
        if (!sd_raster) return;
        sd_raster->write(tile, 0, sd);
        sd_raster->flush();
    };
    if (is_tiff(command.out)) {
        std::vector<LayerName> layers = {{"mean", true}, {"standard deviation", true}};
        for (const FurtherLayer& layer : further) {
            layers.push_back({layer.title(data.value_unit), layer.kind == FurtherLayer::Kind::quantile});
        }
        TiledRaster raster(command.out, grid, layers, data);
        predict_by_tiles(
            model, grid, square_tiles(grid, TiledRaster::block_edge), options, covariates,
            [&](const GridTile& tile, const TilePrediction& values) {
                raster.write(tile, 0, values.mean);
                raster.write(tile, 1, values.standard_deviation);
                for (Index k = 0; k < values.further.cols(); ++k) {
                    raster.write(tile, static_cast<std::size_t>(k) + 2, values.further.col(k));
                }
                raster.flush();
                also_sd(tile, values.standard_deviation);
            },
            [&](bool) {
                raster.commit();
                if (sd_raster) sd_raster->commit();
            },
            command.out, console, std::move(stop));
    } else {
        std::vector<std::string> names = {"mean", "sd"};
        for (const FurtherLayer& layer : further) names.push_back(layer.short_name());
        MapCsv csv(command.out, grid, data, names);
        Matrix rows;
        predict_by_tiles(
            model, grid, row_tiles(grid, kCellsOfATile), options, covariates,
            [&](const GridTile& tile, const TilePrediction& values) {
                rows.resize(tile.cell_count(), static_cast<Index>(names.size()));
                rows << values.mean, values.standard_deviation, values.further;
                csv.write(tile, rows);
                also_sd(tile, values.standard_deviation);
            },
            [&](bool complete) {
                complete ? csv.commit() : csv.keep_whole_rows();
                if (sd_raster) sd_raster->commit();
            },
            command.out, console, std::move(stop));
    }
    return grid.cell_count();
}

/// How far the correlation reaches from place to place, and how sure that is, instead of the field.
int run_local_range(const PredictCommand& command, const FittedModel& model, Console& console,
                    std::stop_token stop) {
    const SpatialDataset& data = model.dataset();
    LocalRangeOptions options;
    options.draws = std::max(options.draws, command.prediction.draws);
    options.seed = command.seed;
    options.threads = command.threads;
    options.monte_carlo = command.monte_carlo;
    Index count = 0;
    if (command.at.empty()) {
        const PredictionGrid grid = grid_over(data, map_shape(command.grid, data), command.bounds,
                                              parse_times(command.times, data));
        count = write_local_range(model, grid, options, command.out, console, std::move(stop));
    } else {
        SpatialDataset without_covariates = data;
        without_covariates.covariate_names.clear();
        const TablePoints points =
            read_points(command.at, without_covariates,
                        axis_columns(command.names, command.time_column, data), {},
                        one_time(command.times, data));
        count = write_local_range(model, points, options, command.out, console, std::move(stop));
    }
    const Json object = {{"model", model.label()}, {"of", "local range"}, {"draws", options.draws},
                         {"level", options.level}, {"predictions", count}, {"out", command.out}};
    console.result(object, "The posterior of the local range at " + std::to_string(count) +
                               (command.at.empty() ? " cells" : " points") + " with " + model.label() +
                               ". Written to " + command.out + ".");
    return success;
}

int run(const PredictCommand& command, Console& console) {
    check_usage(command);
    PredictOptions options = command.prediction.resolved(command.seed, command.threads);
    options.quantiles = command.quantiles;
    options.thresholds = command.thresholds;
    if (const auto problems = options.validate(); !problems.empty()) throw UsageError(problems.front());
    require_writable(command.out);
    if (!command.sd.empty()) require_writable(command.sd);
    const Interruption interruption(false);
    const Project project = open_project(command.project);
    const FittedModel& model = model_of(project, command.project);
    if (command.local_range) return run_local_range(command, model, console, interruption.token());
    if (!needs_covariates(model.specification()))
        refuse_given(command.given, {"--drift-raster"}, "the model has no covariates.");
    const std::string realisation = chosen_realisation(command.realisation, model);
    if (!realisation.empty()) options.realisations = {realisation};
    const bool stored = command.at.empty() && command.grid.empty();
    Index count = 0;
    if (stored) {
        count = write_stored_map(command, project);
    } else if (command.at.empty()) {
        count = predict_grid(command, project, model, options, console, interruption.token());
    } else {
        count = predict_points(command, project, model, options, console, interruption.token());
    }
    const bool of_observation =
        stored ? project.map->of_observation : options.target == PredictionTarget::observation;
    const std::string target = of_observation ? "observation" : "signal";
    const Json object = {{"model", model.label()},
                         {"of", target},
                         {"realisation", stored || realisation.empty() ? Json(nullptr) : Json(realisation)},
                         {"averaged", stored ? project.map->averaged : options.averaged},
                         {"predictions", count},
                         {"out", command.out}};
    console.result(object, "Predicted the " + target + " at " +
                               std::to_string(count) + (command.at.empty() ? " cell" : " point") +
                               (count == 1 ? "" : "s") +
                               " with " + model.label() + ". Written to " + command.out + ".");
    return success;
}

}  // namespace

void add_predict(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<PredictCommand>();
    CLI::App* command = app.add_subcommand("predict", "predict at points or on a grid; with neither, write the project's map");
    command->add_option("project", options->project, "project file with a fitted model")
        ->required()->type_name("PROJECT");
    add_places(*command, options->at, options->names, options->grid);
    add_time(*command, options->times, options->time_column);
    add_realisation(*command, options->realisation);
    command->add_option("--bounds", options->bounds,
                        "lower corner, upper corner: xmin,ymin,xmax,ymax")->delimiter(',');
    command->add_option("--quantiles", options->quantiles,
                        "probabilities, such as 0.05,0.5,0.95: their quantiles too")->delimiter(',');
    command->add_option("--above", options->thresholds,
                        "values, separated by commas: probability of exceeding each")->delimiter(',');
    command->add_flag("--local-range", options->local_range,
                      "how far the correlation reaches at each place (geometric mean of the local "
                      "practical ranges): posterior median and 90 % interval, from at least 100 draws");
    command->add_flag("--monte-carlo", options->monte_carlo,
                      "local range: from Hamiltonian Monte Carlo instead of Laplace's approximation (slow)");
    add_drift_rasters(*command, options->drift_rasters);
    options->prediction.add_to(*command, true);
    add_seed(*command, options->seed, "of the posterior draws");
    command->add_option("--threads", options->threads, "0: all cores but one")->capture_default_str();
    command->add_option("--sd", options->sd, "GeoTIFF for the standard deviation of a map alone");
    command->add_option("--out", options->out, "file to write: .csv, or .tif for a grid")->required();
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
