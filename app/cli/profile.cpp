// SPDX-License-Identifier: GPL-3.0-or-later
// The profile of the loss over fixed ranges.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/interruption.h"
#include "app/cli/model_options.h"
#include "app/cli/summary.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/fit/range_profile.h"
#include "core/io/atomic_file.h"
#include "core/io/export.h"
#include "core/validate/model_choice.h"

namespace anamorph::cli {
namespace {

struct ProfileCommand {
    DataOptions data;
    ModelOptions model;
    std::string name = "stationary", out;
    RangeProfileOptions options;
    GivenOptions given;
};

ModelSpecification specification_of(const ProfileCommand& command) {
    ModelChoice choice;
    try {
        choice = model_choice_from_name(command.name, command.model.resolved(command.data.has_covariates()));
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
    if (choice.automatic) throw UsageError("The loss is profiled for one model: give another --model than auto.");
    return choice.specification;
}

Json json_of(const RangeProfilePoint& p) {
    return {{"range", p.range},
            {"loss", p.loss},
            {"log_likelihood", -p.negative_log_likelihood},
            {"partial_sill", p.partial_sill},
            {"nugget", p.nugget}};
}

void write_points(const std::string& path, const RangeProfile& profile) {
    Matrix columns(static_cast<Index>(profile.points.size()), 5);
    for (Index i = 0; i < columns.rows(); ++i) {
        const RangeProfilePoint& p = profile.points[static_cast<std::size_t>(i)];
        columns.row(i) << p.range, p.loss, -p.negative_log_likelihood, p.partial_sill, p.nugget;
    }
    write_csv(path, {"range", "loss", "log_likelihood", "partial_sill", "nugget"}, columns);
}

std::string line_of(const RangeProfilePoint& p) {
    char text[160];
    std::snprintf(text, sizeof text, "%12.6g %14.4f %16.4f %14.6g %12.6g\n", p.range, p.loss,
                  -p.negative_log_likelihood, p.partial_sill, p.nugget);
    return text;
}

std::string text_of(const RangeProfile& profile) {
    const std::string header = "       range           loss   log-likelihood   partial sill       nugget\n";
    std::string text = "Profile of " + profile.label + ", all other parameters refitted at each range:\n" + header;
    for (const auto& point : profile.points) text += line_of(point);
    text += profile.minima.size() == 1 ? "One minimum, with the range free:\n"
                                       : std::to_string(profile.minima.size()) + " minima, with the range free:\n";
    text += header;
    for (const auto& minimum : profile.minima) text += line_of(minimum.at);
    return text;
}

int run(const ProfileCommand& command, Console& console) {
    RangeProfileOptions options = command.options;
    options.fit = command.model.fit_options();
    ModelSpecification s = specification_of(command);
    if (const auto problems = options.validate(); !problems.empty()) throw UsageError(problems.front());
    refuse_unused_data_options(command.given, command.data);
    refuse_unused_model_options(command.given, command.model, {ModelChoice{command.name, false, s}});
    if (!command.out.empty()) require_writable(command.out);
    const Interruption interruption(false);
    const auto dataset = command.data.load(console, interruption.token());
    refuse_options_unused_by(*dataset, command.given, command.data);
    command.model.add_outlines(s, *dataset);
    const RangeProfile profile = profile_range(dataset, s, options, console.observer(), interruption.token());
    if (!command.out.empty()) write_points(command.out, profile);
    Json points = Json::array(), minima = Json::array();
    for (const auto& point : profile.points) points.push_back(json_of(point));
    for (const auto& minimum : profile.minima) minima.push_back(json_of(minimum.at));
    const Json object = {{"model", profile.label},
                         {"data", dataset_json(*dataset)},
                         {"points", points},
                         {"minima", minima},
                         {"out", command.out.empty() ? Json(nullptr) : Json(command.out)}};
    console.result(object, dataset_text(*dataset) + text_of(profile));
    return success;
}

}  // namespace

void add_profile(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<ProfileCommand>();
    CLI::App* command = app.add_subcommand(
        "profile", "the loss over fixed ranges, all other parameters refitted at each");
    options->data.add_to(*command);
    command->add_option("--model", options->name, "as for fit, without auto")->capture_default_str();
    options->model.add_to(*command);
    // A profile needs no curvature, starts at each range from its neighbours, and takes all sites.
    for (const char* name : {"--no-posterior", "--starts", "--held-out"})
        command->remove_option(command->get_option(name));
    command->add_option("--ranges", options->options.ranges, "how many, evenly spaced in the logarithm")
        ->capture_default_str();
    command->add_option("--shortest", options->options.shortest,
                        "range to begin with, in units of the coordinates (half the sites' spacing if absent)")
        ->check(CLI::PositiveNumber);
    command->add_option("--longest", options->options.longest,
                        "range to end with (twice the longest side of the data if absent)")
        ->check(CLI::PositiveNumber);
    command->add_option("--out", options->out, "CSV file for the profile");
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
