// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/data_options.h"
#include "app/cli/likelihood_options.h"
#include "app/cli/summary.h"
#include "app/cli/unused_options.h"
#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/likelihood/log_likelihood_at.h"
#include "core/likelihood/spde_precision.h"

namespace anamorph::cli {
namespace {

struct EvaluateOptions {
    DataOptions data;
    std::string covariance = "matern", smoothness = "1.5", trend = "constant";
    LikelihoodArguments likelihood;
    GivenParameters parameters;
    double time_range = 0.0;  ///< 0: not given
    GivenOptions given;
};

Smoothness smoothness_of(const EvaluateOptions& options) {
    if (options.covariance == "gaussian") return Smoothness::infinite;
    if (options.covariance == "exponential") return Smoothness::half;
    Smoothness smoothness{};
    try {
        smoothness = smoothness_from_string(options.smoothness);
    } catch (const Error& error) {
        throw UsageError(error.full_text());
    }
    if (smoothness == Smoothness::automatic) {
        throw UsageError("evaluate needs a given --smoothness: 0.5, 1.5, 2.5 or inf.");
    }
    return smoothness;
}

/// Functions of the mean at the sites, n×q: monomials in coordinates that are centred and scaled
/// for good conditioning (the likelihood with profiled coefficients does not depend on that).
Matrix trend_functions(const SpatialDataset& dataset, const std::string& trend) {
    const Index n = dataset.size();
    const Index d = dataset.dimension();
    if (trend == "none") return Matrix(n, 0);
    if (trend == "constant") return Matrix::Ones(n, 1);
    if (trend == "covariates") {
        if (dataset.covariates.cols() == 0) {
            throw UsageError("--trend covariates needs --covariates.");
        }
        Matrix h(n, 1 + dataset.covariates.cols());
        h << Vector::Ones(n), dataset.covariates;
        return h;
    }
    Matrix x = dataset.coordinates.rowwise() - dataset.coordinates.colwise().mean();
    for (Index axis = 0; axis < d; ++axis) x.col(axis) /= x.col(axis).cwiseAbs().maxCoeff();
    const Index quadratic = trend == "quadratic" ? d * (d + 1) / 2 : 0;
    Matrix h(n, 1 + d + quadratic);
    h.leftCols(1 + d) << Vector::Ones(n), x;
    Index column = 1 + d;
    for (Index a = 0; quadratic > 0 && a < d; ++a) {
        for (Index b = a; b < d; ++b) h.col(column++) = x.col(a).cwiseProduct(x.col(b));
    }
    return h;
}

int run(const EvaluateOptions& options, Console& console) {
    const LikelihoodOptions likelihood = options.likelihood.resolved();
    refuse_unused_data_options(options.given, options.data);
    // Here the automatic likelihood is the exact one.
    refuse_unused_likelihood_options(
        options.given, {likelihood.kind == LikelihoodKind::automatic ? LikelihoodKind::exact : likelihood.kind});
    if (options.covariance != "matern")
        refuse_given(options.given, {"--smoothness"}, "the " + options.covariance + " covariance has its own.");
    GivenParameters parameters = options.parameters;
    parameters.smoothness = smoothness_of(options);
    if (!(parameters.range > 0.0) || !(parameters.partial_sill > 0.0) ||
        !(parameters.nugget >= 0.0) || !std::isfinite(parameters.range) ||
        !std::isfinite(parameters.partial_sill) || !std::isfinite(parameters.nugget)) {
        throw UsageError("--range and --partial-sill must be positive, --nugget 0 or more.");
    }
    const auto dataset = options.data.load(console);
    refuse_options_unused_by(*dataset, options.given, options.data);
    // The SPDE's smoothness follows from its order and the dimension.
    if (likelihood.kind == LikelihoodKind::spde && !options.given.contains("--smoothness"))
        parameters.smoothness = spde_smoothness(likelihood.spde_alpha, dataset->dimension());
    if (dataset->last_axis_is_time != (options.time_range > 0.0))
        throw UsageError(dataset->last_axis_is_time ? "Space with time needs --time-range as well."
                                                    : "--time-range is for data with an axis of time (--time).");
    Points places = dataset->coordinates;
    if (dataset->last_axis_is_time) places.rightCols(1) *= parameters.range / options.time_range;
    const LogLikelihoodAt at =
        log_likelihood_at(places, dataset->values,
                          trend_functions(*dataset, options.trend), parameters, likelihood,
                          dataset->realisation_indices(), dataset->weights);
    const Json object = {{"log_likelihood", at.log_likelihood},
                         {"gradient",
                          {{"log_partial_sill", at.d_log_partial_sill},
                           {"log_range", at.d_log_range},
                           {"log_nugget", at.d_log_nugget}}},
                         {"parameters",
                          {{"partial_sill", parameters.partial_sill},
                           {"range", parameters.range},
                           {"time_range", options.time_range > 0.0 ? Json(options.time_range) : Json(nullptr)},
                           {"nugget", parameters.nugget},
                           {"smoothness", to_string(parameters.smoothness)}}},
                         {"trend", options.trend},
                         {"likelihood", to_string(likelihood.kind)},
                         {"approximation", label_of(likelihood)},
                         {"data", dataset_json(*dataset)},
                         {"n", dataset->size()}};
    char text[400];
    std::snprintf(text, sizeof text,
                  "log-likelihood  %.15g nats (%s, %s)\n"
                  "gradient        %.15g  (log partial sill)\n"
                  "                %.15g  (log range)\n"
                  "                %.15g  (log nugget)\n",
                  at.log_likelihood, size_in_words(*dataset).c_str(), label_of(likelihood).c_str(),
                  at.d_log_partial_sill, at.d_log_range, at.d_log_nugget);
    console.result(object, dataset_text(*dataset) + text);
    return success;
}

}  // namespace

void add_evaluate(CLI::App& app, Action& chosen) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* command =
        app.add_subcommand("evaluate", "log-likelihood and its gradient at given parameters");
    options->data.add_to(*command);
    command->add_option("--covariance", options->covariance, "matern, exponential or gaussian")
        ->check(CLI::IsMember({"matern", "exponential", "gaussian"}))->capture_default_str();
    command->add_option("--smoothness", options->smoothness,
                        "of the Matérn: 0.5, 1.5, 2.5 or inf (spde: as --alpha and the dimension give it)")
        ->capture_default_str();
    command->add_option("--range", options->parameters.range, "ℓ, in units of the coordinates")->required();
    command->add_option("--time-range", options->time_range, "ℓ along time, in the unit of the times")
        ->check(CLI::PositiveNumber);
    command->add_option("--partial-sill", options->parameters.partial_sill, "σ²")->required();
    command->add_option("--nugget", options->parameters.nugget, "τ², a variance")->required();
    command->add_option("--trend", options->trend, "none, constant, linear, quadratic or covariates")
        ->check(CLI::IsMember({"none", "constant", "linear", "quadratic", "covariates"}))
        ->capture_default_str();
    options->likelihood.likelihood = "exact";
    options->likelihood.options.neighbours = 30;
    options->likelihood.add_to(*command);
    for (const char* of_a_fit : {"--move-inducing", "--spde-basis"})
        command->remove_option(command->get_option(of_a_fit));
    command->callback([options, command, &chosen] {
        options->given = given_options(*command);
        chosen = [options](Console& console) { return run(*options, console); };
    });
}

}  // namespace anamorph::cli
