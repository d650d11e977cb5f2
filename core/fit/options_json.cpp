// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/options_json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"

namespace anamorph {

using nlohmann::json;

namespace {

std::string optimiser_name(OptimiserKind kind) {
    return kind == OptimiserKind::adam ? "adam" : "lbfgs";
}

OptimiserKind optimiser_from(const std::string& name) {
    if (name == "adam") return OptimiserKind::adam;
    if (name == "lbfgs") return OptimiserKind::lbfgs;
    throw Error(ErrorCode::bad_input, "the optimiser \"" + name + "\" is not known");
}

}  // namespace

json json_of(const FitOptions& options) {
    return {{"optimiser", optimiser_name(options.optimiser)},
            {"max_iterations", options.max_iterations},
            {"relative_tolerance", options.relative_tolerance},
            {"learning_rate", options.learning_rate},
            {"starts", options.starts},
            {"held_out_fraction", options.held_out_fraction},
            {"seed", options.seed},
            {"threads", options.threads},
            {"posterior", options.posterior},
            {"snapshots_per_second", options.snapshots_per_second}};
}

FitOptions fit_options_from_json(const json& document) {
    FitOptions options;
    options.optimiser = optimiser_from(document.at("optimiser"));
    options.max_iterations = document.at("max_iterations");
    options.relative_tolerance = document.at("relative_tolerance");
    options.learning_rate = document.at("learning_rate");
    options.starts = document.at("starts");
    options.held_out_fraction = document.at("held_out_fraction");
    options.seed = document.at("seed");
    options.threads = document.at("threads");
    options.posterior = document.at("posterior");
    options.snapshots_per_second = document.at("snapshots_per_second");
    return options;
}

}  // namespace anamorph
