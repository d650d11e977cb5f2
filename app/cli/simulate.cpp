// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/model_options.h"
#include "app/cli/points.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/io/export.h"
#include "core/simulate/scenario.h"

namespace anamorph::cli {
namespace {

struct SimulateOptions {
    std::string scenario, design = "uniform", out, truth, truth_grid = "50x50", test_out;
    ScenarioOptions field;
    GivenOptions given;
};

/// x, y and value of each row, and its realisation where there are several.
void write_sites(const std::string& path, const Points& x, const Vector& values,
                 const std::vector<std::string>& realisations) {
    Matrix columns(x.rows(), realisations.empty() ? 3 : 4);
    columns.leftCols(2) = x;
    columns.col(2) = values;
    std::vector<std::string> names = {"x", "y", "value"};
    if (!realisations.empty()) {
        names.emplace_back("realisation");
        for (Index i = 0; i < x.rows(); ++i)
            columns(i, 3) = std::stod(realisations[static_cast<std::size_t>(i)]);
    }
    write_csv(path, names, columns);
}

/// The true deformation at the centres of a grid over [−1, 1]².
void write_truth(const SimulateOptions& options, const Scenario& scenario) {
    PredictionGrid grid;
    grid.shape = parse_shape(options.truth_grid, 2, "--truth-grid");
    grid.origin = Vector::Constant(2, -1.0);
    grid.cell_size = Vector(2);
    grid.cell_size << 2.0 / static_cast<double>(grid.shape[0]),
        2.0 / static_cast<double>(grid.shape[1]);
    const Points x = grid.centres();
    Matrix columns(x.rows(), 5);
    columns << x, scenario.deformed_from_geographic(x), scenario.log_abs_det_jacobian(x);
    write_csv(options.truth, {"x", "y", "warp_x", "warp_y", "log_abs_det"}, columns);
}

int run(const SimulateOptions& asked, Console& console) {
    SimulateOptions options = asked;
    std::unique_ptr<Scenario> scenario;
    try {
        scenario = std::make_unique<Scenario>(options.scenario);
        options.field.design = design_from_string(options.design);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
    if (options.test_out.empty() != (options.field.test_sites == 0)) {
        throw UsageError("--test-sites and --test-out belong together.");
    }
    if (options.truth.empty()) refuse_given(options.given, {"--truth-grid"}, "it is the grid of --truth FILE.");
    const SimulatedField field = simulate(*scenario, options.field);
    write_sites(options.out, field.dataset.coordinates, field.dataset.values, field.dataset.realisations);
    if (!options.truth.empty()) write_truth(options, *scenario);
    if (!options.test_out.empty()) {
        write_sites(options.test_out, field.test_coordinates, field.test_values, field.test_realisations);
    }
    const double nugget = options.field.noise_sd * options.field.noise_sd;
    const Json object = {{"scenario", scenario->name()},
                         {"explanation", scenario->explanation()},
                         {"n", options.field.sites},
                         {"realisations", options.field.realisations},
                         {"seed", options.field.seed},
                         {"design", options.design},
                         {"mean", options.field.mean},
                         {"partial_sill", 1.0},
                         {"range", scenario->range()},
                         {"smoothness", 1.5},
                         {"nugget", nugget},
                         {"out", options.out},
                         {"truth", options.truth.empty() ? Json(nullptr) : Json(options.truth)}};
    console.result(object, "Simulated " + size_in_words(field.dataset) + " of “" +
                               scenario->name() + "” (" + scenario->explanation() + ") Written to " +
                               options.out + ".");
    return success;
}

}  // namespace

void add_simulate(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<SimulateOptions>();
    CLI::App* command = app.add_subcommand("simulate", "simulate a field with a known deformation");
    std::string names;
    for (const auto& name : Scenario::names()) names += (names.empty() ? "" : ", ") + name;
    command->add_option("--scenario", options->scenario, "one of: " + names)->required();
    command->add_option("--n", options->field.sites, "number of sites")->capture_default_str();
    command->add_option("--realisations", options->field.realisations,
                        "independent fields at the same sites")->capture_default_str();
    add_seed(*command, options->field.seed, "of every random number");
    command->add_option("--noise", options->field.noise_sd, "standard deviation of the noise")
        ->capture_default_str();
    command->add_option("--mean", options->field.mean, "mean of the field")->capture_default_str();
    command->add_option("--design", options->design, "uniform, grid, clustered, preferential or far-cluster")
        ->capture_default_str();
    command->add_option("--out", options->out, "CSV file to write")->required();
    command->add_option("--truth", options->truth, "CSV file for the true deformation on a grid");
    command->add_option("--truth-grid", options->truth_grid, "cells of that grid")->capture_default_str();
    command->add_option("--test-sites", options->field.test_sites, "sites of the same field for tests");
    command->add_option("--test-out", options->test_out, "CSV file for them");
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
