// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <numeric>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/points.h"
#include "app/cli/summary.h"
#include "core/base/error.h"
#include "core/validate/cross_validation.h"

namespace anamorph::cli {
namespace {

struct ValidateCommand {
    DataOptions data;
    ModelOptions model;
    PredictionOptions prediction;
    std::vector<std::string> names = {"stationary", "auto"};
    int folds = 0;
    std::string blocks, test;
};

/// The data with the rows of the test file appended, and one fold that holds them out.
std::pair<SpatialDataset, Folds> with_test_file(const SpatialDataset& data,
                                                const std::string& path) {
    const TablePoints test = read_points(path, data, {});
    const Vector values = complete_column(test.table, data.value_name);
    const Index n = data.size();
    const Index m = values.size();
    if (m == 0) throw Error(ErrorCode::bad_input, path + " has no rows to score.");
    SpatialDataset both = data;
    both.coordinates.conservativeResize(n + m, Eigen::NoChange);
    both.coordinates.bottomRows(m) = test.coordinates;
    both.values.conservativeResize(n + m);
    both.values.tail(m) = values;
    both.covariates.conservativeResize(n + m, data.covariates.cols());
    both.covariates.bottomRows(m) = test.covariates;
    if (data.weights.size() != 0) {
        both.weights.conservativeResize(n + m);
        both.weights.tail(m).setOnes();
    }
    both.source_lines.clear();
    Folds folds;
    folds.description = "test file " + path;
    folds.test_rows.emplace_back(static_cast<std::size_t>(m));
    std::iota(folds.test_rows[0].begin(), folds.test_rows[0].end(), n);
    return {std::move(both), std::move(folds)};
}

std::vector<ModelChoice> choices_of(const ValidateCommand& command) {
    const ModelSpecification base = command.model.resolved(!command.data.covariates.empty());
    std::vector<ModelChoice> choices;
    for (const auto& name : command.names) {
        try {
            choices.push_back(model_choice_from_name(name, base));
        } catch (const Error& error) {
            throw UsageError(error.full_text());
        }
    }
    return choices;
}

Folds folds_of(const ValidateCommand& command, const SpatialDataset& data) {
    const std::uint64_t seed = command.model.fit.seed;
    if (command.blocks.empty()) {
        return random_folds(data.size(), command.folds == 0 ? 5 : command.folds, seed);
    }
    const auto shape = parse_shape(command.blocks, 0, "--blocks");
    if (shape.size() > 2 || shape.front() > 1000 || shape.back() > 1000) {
        throw UsageError("--blocks takes NXxNY with at most 1000 blocks an axis.");
    }
    const int ny = shape.size() == 2 ? static_cast<int>(shape[1]) : 1;
    return block_folds(data, static_cast<int>(shape[0]), ny, command.folds, seed);
}

Json difference_json(double mean, double standard_error) {
    return {{"mean", mean}, {"standard_error", standard_error}};
}

Json model_json(const ModelScores& model) {
    Json object = {{"name", model.name}};
    if (!model.failure.empty()) {
        object["failure"] = model.failure;
        return object;
    }
    const Scores& s = model.scores;
    object.update(Json{{"rmse", s.rmse},
                       {"mae", s.mae},
                       {"crps", s.crps},
                       {"log_score", s.log_score},
                       {"coverage_90", s.coverage_90},
                       {"coverage_95", s.coverage_95},
                       {"width_90", s.width_90},
                       {"width_95", s.width_95},
                       {"count", s.count},
                       {"seconds", model.seconds},
                       {"differences",
                        {{"log_score", difference_json(model.log_score_difference.mean,
                                                       model.log_score_difference.standard_error)},
                         {"crps", difference_json(model.crps_difference.mean,
                                                  model.crps_difference.standard_error)},
                         {"rmse", difference_json(model.rmse_difference,
                                                  model.rmse_difference_se)}}}});
    if (!model.chosen.empty()) object["chosen"] = model.chosen;
    return object;
}

std::string table_of(const ValidationResult& result) {
    std::string text = result.folds.description + "\n";
    char line[320];
    std::snprintf(line, sizeof line, "%-28s %10s %10s %10s %10s %7s %7s   %s\n", "model", "rmse",
                  "mae", "crps", "log score", "90 %", "95 %", "log score − first (s.e.)");
    text += line;
    for (const auto& model : result.models) {
        if (!model.failure.empty()) {
            text += model.name + ": " + model.failure + "\n";
            continue;
        }
        const Scores& s = model.scores;
        std::snprintf(line, sizeof line,
                      "%-28s %10.5g %10.5g %10.5g %10.4f %7.3f %7.3f   %+.4f (%.4f)\n",
                      model.name.substr(0, 100).c_str(), s.rmse, s.mae, s.crps, s.log_score,
                      s.coverage_90, s.coverage_95, model.log_score_difference.mean,
                      model.log_score_difference.standard_error);
        text += line;
    }
    return text + result.verdict + "\n";
}

int run(const ValidateCommand& command, Console& console) {
    const int ways = (command.folds != 0 && command.blocks.empty() ? 1 : 0) +
                     (command.blocks.empty() ? 0 : 1) + (command.test.empty() ? 0 : 1);
    if (ways > 1) throw UsageError("Choose one of --folds, --blocks and --test.");
    const std::vector<ModelChoice> models = choices_of(command);
    const FitOptions fit_options = command.model.fit_options();
    const PredictOptions predict_options =
        command.prediction.resolved(fit_options.seed, fit_options.threads);

    const Interruption interruption(false);
    const auto loaded = command.data.load(console, interruption.token());
    SpatialDataset data = *loaded;
    Folds folds;
    if (command.test.empty()) {
        folds = folds_of(command, data);
    } else {
        std::tie(data, folds) = with_test_file(*loaded, command.test);
    }
    const ValidationResult result = validate(data, models, folds, fit_options, predict_options,
                                             console.observer(), interruption.token());
    Json object = {{"data", dataset_json(*loaded)},
                   {"folds", result.folds.description},
                   {"models", Json::array()}};
    bool all_failed = true;
    for (const auto& model : result.models) {
        object["models"].push_back(model_json(model));
        all_failed = all_failed && !model.failure.empty();
    }
    object["verdict"] = result.verdict;
    console.result(object, dataset_text(*loaded) + table_of(result));
    return all_failed ? numerical_failure : success;
}

}  // namespace

void add_validate(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<ValidateCommand>();
    CLI::App* command = app.add_subcommand("validate", "compare models on held-out values");
    options->data.add_to(*command);
    command->add_option("--models", options->names,
                        "names separated by commas; differences are against the first")
        ->delimiter(',')->capture_default_str();
    command->add_option("--folds", options->folds, "number of folds (default 5 random ones; with --blocks: folds that they are dealt to)");
    command->add_option("--blocks", options->blocks, "spatial blocks, such as 4x4");
    command->add_option("--test", options->test, "table with other sites of the same variable");
    options->model.add_to(*command);
    options->prediction.add_to(*command, false);
    command->callback([options, &chosen] {
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
