// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <numeric>
#include <set>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/points.h"
#include "app/cli/summary.h"
#include "app/cli/table_cell.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/base/json_number.h"
#include "core/io/import_realisations.h"
#include "core/validate/calibration.h"
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
    int periods = 0;
    double forecast = 0.0;  ///< share of the time; 0: none
    bool groups = false;
    std::string hold_out = "sites";
    bool without_evidence = false;
    GivenOptions given;
};

/// The data with the rows of the test file appended, and one fold that holds them out.
std::pair<SpatialDataset, Folds> with_test_file(const SpatialDataset& data,
                                                const std::string& path,
                                                const std::vector<RasterSource>& rasters,
                                                const std::string& realisation_column) {
    const TablePoints test = read_points(path, data, {}, rasters);
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
    if (!data.groups.empty()) both.groups.resize(static_cast<std::size_t>(n + m));
    if (data.has_realisations()) {
        const auto labels = complete_labels(test.table, realisation_column);
        both.realisations.insert(both.realisations.end(), labels.begin(), labels.end());
    }
    both.source_lines.clear();
    Folds folds;
    folds.description = "test file " + path;
    folds.test_rows.emplace_back(static_cast<std::size_t>(m));
    std::iota(folds.test_rows[0].begin(), folds.test_rows[0].end(), n);
    return {std::move(both), std::move(folds)};
}

/// The names as they were given, "all" being those that suit the data; each once.
std::vector<ModelChoice> choices_of(const ValidateCommand& command, const SpatialDataset& data,
                                    const ModelSpecification& base) {
    std::vector<ModelChoice> choices;
    std::set<std::string> known;
    for (const auto& name : command.names)
        for (const auto& one :
             name == "all" ? model_names_for(data, base) : std::vector<std::string>{name})
            if (known.insert(one).second) choices.push_back(model_choice_from_name(one, base));
    return choices;
}

/// @throws UsageError for a name that means nothing, before the data are read.
void check_names(const ValidateCommand& command, const ModelSpecification& base) {
    for (const auto& name : command.names) {
        if (name == "all") continue;
        try {
            (void)model_choice_from_name(name, base);
        } catch (const Error& error) {
            throw UsageError(error.full_text());
        }
    }
}

Folds folds_of(const ValidateCommand& command, const SpatialDataset& data) {
    const std::uint64_t seed = command.model.fit.seed;
    if (command.groups || !command.data.group.empty()) {
        return group_folds(data, command.folds, seed);
    }
    if (command.periods != 0) return period_folds(data, command.periods, command.folds, seed);
    if (command.forecast > 0.0) return forecast_fold(data, command.forecast);
    if (command.blocks.empty()) {
        const int folds = command.folds == 0 ? 5 : command.folds;
        if (!data.has_realisations()) return random_folds(data.size(), folds, seed);
        return command.hold_out == "sites" ? site_folds(data, folds, seed) : row_folds(data, folds, seed);
    }
    const auto shape = parse_shape(command.blocks, 0, "--blocks");
    if (shape.size() > 2 || shape.front() > 1000 || shape.back() > 1000) {
        throw UsageError("--blocks takes NXxNY with at most 1000 blocks an axis.");
    }
    const int ny = shape.size() == 2 ? static_cast<int>(shape[1]) : 1;
    return block_folds(data, static_cast<int>(shape[0]), ny, command.folds, seed);
}

Json difference_json(const ScoreDifference& difference) {
    return {{"mean", json_number<Json>(difference.mean)},
            {"standard_error", json_number<Json>(difference.standard_error)}};
}

Json difference_json(const ModelDifference& d) {
    return {{"log_score", difference_json(d.log_score)},
            {"crps", difference_json(d.crps)},
            {"rmse", difference_json(ScoreDifference{d.rmse, d.rmse_standard_error})}};
}

Json model_json(const ModelScores& model) {
    Json object = {{"name", model.name}, {"label", model.label}};
    object.update(Json{{"log_likelihood", json_number<Json>(model.log_likelihood)},
                       {"criterion", json_number<Json>(model.criterion)},
                       {"effective_parameters", json_number<Json>(model.effective_parameters)},
                       {"seconds", model.seconds}});
    if (!model.failure.empty()) {
        object["failure"] = model.failure;
        return object;
    }
    const Scores& s = model.scores;
    object.update(Json{{"rank", model.rank},
                       {"ties_with_best", model.ties_with_best},
                       {"rmse", s.rmse},
                       {"mae", s.mae},
                       {"crps", s.crps},
                       {"log_score", s.log_score},
                       {"coverage_90", s.coverage_90},
                       {"coverage_95", s.coverage_95},
                       {"width_90", s.width_90},
                       {"width_95", s.width_95},
                       {"count", s.count},
                       {"differences", difference_json(model.from_reference)},
                       {"differences_from_best", difference_json(model.from_best)},
                       {"evidence_gain", json_number<Json>(model.evidence_gain)}});
    if (!model.chosen.empty()) object["chosen"] = model.chosen;
    for (const CalibrationLevel& at : calibration(model.site_scores.probability_integral)) {
        object["calibration"].push_back(
            {{"level", at.level}, {"coverage", at.coverage}, {"standard_error", at.standard_error}});
    }
    object["probability_integral_histogram"] =
        probability_integral_histogram(model.site_scores.probability_integral);
    return object;
}

std::string difference_cell(const ScoreDifference& d) {
    return cell("%+.4f", d.mean) + " (" + cell("%.4f", d.standard_error) + ")";
}

/// How often the best model's intervals hold the values, level by level.
std::string calibration_of_best(const ValidationResult& result) {
    if (result.best() == result.models.size()) return {};
    const ModelScores& best = result.models[result.best()];
    std::string text;
    for (const CalibrationLevel& at : calibration(best.site_scores.probability_integral)) {
        text += (text.empty() ? "intervals of " + best.name + " hold: " : ", ") +
                cell("%.1f", 100.0 * at.coverage) + " % (" + cell("%g", 100.0 * at.level) + " % interval)";
    }
    return text.empty() ? text : text + "\n";
}

/// Best first; "=" marks models that cannot be told from the best.
std::string table_of(const ValidationResult& result) {
    std::string text = result.folds.description + "; differences (standard error) of the log score\n";
    char line[400];
    std::snprintf(line, sizeof line, "%4s  %-30s %10s %18s %18s %10s %10s %6s %6s %9s %7s\n", "rank",
                  "model", "log score", "- best", ("- " + result.reference).substr(0, 18).c_str(), "crps",
                  "rmse", "90 %", "95 %", "evidence", "s");
    text += line;
    for (const std::size_t i : result.by_rank()) {
        const ModelScores& model = result.models[i];
        if (!model.failure.empty()) {
            text += "   -  " + model.name + ": " + model.failure + "\n";
            continue;
        }
        const Scores& s = model.scores;
        const bool best = model.rank == 1;
        std::snprintf(line, sizeof line,
                      "%3d%s  %-30s %10.4f %18s %18s %10.5g %10.5g %6.3f %6.3f %9s %7s\n", model.rank,
                      model.ties_with_best && !best ? "=" : " ", model.name.substr(0, 60).c_str(),
                      s.log_score, best ? "" : difference_cell(model.from_best.log_score).c_str(),
                      model.name == result.reference
                          ? ""
                          : difference_cell(model.from_reference.log_score).c_str(),
                      s.crps, s.rmse, s.coverage_90, s.coverage_95,
                      cell("%+.1f", model.evidence_gain).c_str(), cell("%.1f", model.seconds).c_str());
        text += line;
    }
    return text + calibration_of_best(result) + result.verdict + "\n";
}

/// 0 if a model was scored; else whether it was the input or the numbers.
int exit_code_of(const ValidationResult& result) {
    bool input = true;
    for (const auto& model : result.models) {
        if (model.failure.empty()) return success;
        input = input && (model.failure_code == ErrorCode::bad_input ||
                          model.failure_code == ErrorCode::dimension_mismatch ||
                          model.failure_code == ErrorCode::unsupported);
    }
    return input ? bad_input : numerical_failure;
}

/// @throws UsageError for ways of holding out that do not go together, and for options that change nothing.
void check_usage(const ValidateCommand& command) {
    const int ways = (command.folds != 0 && command.blocks.empty() && command.periods == 0 ? 1 : 0) +
                     (command.periods != 0 ? 1 : 0) + (command.forecast > 0.0 ? 1 : 0) +
                     (command.blocks.empty() ? 0 : 1) + (command.test.empty() ? 0 : 1);
    if (ways > 1) throw UsageError("Choose one of --folds, --blocks, --periods, --forecast and --test.");
    if ((command.groups || !command.data.group.empty()) && (!command.blocks.empty() || !command.test.empty() || command.periods != 0 || command.forecast > 0.0))
        throw UsageError("--group and --groups hold out whole groups: leave --blocks, --periods, --forecast and --test out.");
    if (command.data.departures && !command.test.empty())
        throw UsageError("--departures and --test do not go together: the means of the test file's sites are not known.");
    if (!command.blocks.empty() || !command.test.empty() || command.periods != 0 || command.forecast > 0.0)
        refuse_given(command.given, {"--hold-out"}, "it is of random folds (--folds K).");
    if (command.groups || !command.data.group.empty())
        refuse_given(command.given, {"--hold-out"}, "whole groups are held out.");
    refuse_unused_data_options(command.given, command.data);
    refuse_unused_prediction_options(command.given, command.prediction);
}

int run(const ValidateCommand& command, Console& console) {
    check_usage(command);
    const ModelSpecification base = command.model.resolved(command.data.has_covariates());
    check_names(command, base);
    ValidationOptions options;
    options.fit = command.model.fit_options();
    options.fit_all = !command.without_evidence;
    options.predict = command.prediction.resolved(options.fit.seed, options.fit.threads);

    const Interruption interruption(false);
    std::vector<RasterSource> rasters;
    const auto loaded = command.data.load(console, interruption.token(), &rasters);
    refuse_options_unused_by(*loaded, command.given, command.data);
    ModelSpecification outlined = base;
    command.model.add_outlines(outlined, *loaded);
    const std::vector<ModelChoice> choices = choices_of(command, *loaded, outlined);
    refuse_unused_model_options(command.given, command.model, choices);
    std::shared_ptr<const SpatialDataset> data = loaded;
    Folds folds;
    if (command.test.empty()) {
        folds = folds_of(command, *data);
    } else {
        auto [both, test_fold] = with_test_file(
            *loaded, command.test, rasters,
            command.data.realisation.empty() ? "realisation" : command.data.realisation);
        data = std::make_shared<const SpatialDataset>(std::move(both));
        folds = std::move(test_fold);
    }
    ValidationObserver observer;
    observer.progress = console.observer();
    const ValidationResult result = validate(data, choices, folds, options, observer, interruption.token());
    Json object = {{"data", dataset_json(*loaded)},
                   {"folds", result.folds.description},
                   {"reference", result.reference},
                   {"models", Json::array()}};
    for (const auto& model : result.models) object["models"].push_back(model_json(model));
    if (result.interrupted) object["interrupted"] = true;
    object["verdict"] = result.verdict;
    console.result(object, dataset_text(*loaded) + table_of(result));
    return result.interrupted ? interrupted : exit_code_of(result);
}

}  // namespace

void add_validate(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<ValidateCommand>();
    CLI::App* command = app.add_subcommand("validate", "compare models on held-out values");
    options->data.add_to(*command);
    command->add_option("--models", options->names,
                        "names separated by commas, or all: every family that suits the data; "
                        "differences are against the best and against stationary")
        ->delimiter(',')->capture_default_str();
    command->add_option("--folds", options->folds, "number of folds (default 5 random ones; with --blocks or --group: folds that they are dealt to)")
        ->check(CLI::PositiveNumber);
    command->add_option("--blocks", options->blocks, "spatial blocks, such as 4x4");
    command->add_option("--periods", options->periods,
                        "space with time: so many periods of time, held out whole")->check(CLI::PositiveNumber);
    command->add_option("--forecast", options->forecast,
                        "space with time: share of the time, at its end, that is predicted from all before")
        ->check([](const std::string& text) {
            double share = 0.0;
            const bool good = CLI::detail::lexical_cast(text, share) && share > 0.0 && share < 1.0;
            return good ? std::string() : "a share of the time lies between 0 and 1, both left out";
        }, "");
    command->add_flag("--groups", options->groups,
                      "hold out whole groups of a project that has them (implied by --group)");
    command->add_option("--hold-out", options->hold_out,
                        "several realisations: sites (a site with all its values, the default) or values")
        ->check(CLI::IsMember({"sites", "values"}))->capture_default_str();
    command->add_option("--test", options->test, "table with other sites of the same variable");
    command->add_flag("--no-evidence", options->without_evidence,
                      "only the folds, without the fit to all sites that gives the evidence");
    options->model.add_to(*command);
    options->prediction.add_to(*command, false);
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
