// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "app/cli/likelihood_options.h"
#include "core/fit/options.h"
#include "core/fit/specification.h"
#include "core/predict/kriging.h"

namespace CLI {
class App;
}

namespace anamorph::cli {

/// --seed, a whole number that is not negative.
void add_seed(CLI::App& command, std::uint64_t& seed, const std::string& meaning);

/// What is fitted and how, shared by fit and validate.
struct ModelOptions {
    std::string log_scale = "auto";
    std::string smoothness = "auto";
    std::string correlation = "matern";
    std::string trend;  ///< empty: constant, or covariates where some are named
    std::string transform = "none";
    std::string noise = "gaussian";
    std::string time_deformation = "space";
    std::string design_term = "coherent";
    std::string base_density = "uniform";
    std::string optimiser = "lbfgs";
    std::string regions_from;  ///< file with polygons, or file:layer; empty: none
    LikelihoodArguments likelihood;
    ModelSpecification specification;  ///< numbers are parsed straight into it
    FitOptions fit;

    void add_to(CLI::App& command);
    /// The names resolved; `with_covariates`: covariates were named. @throws UsageError
    [[nodiscard]] ModelSpecification resolved(bool with_covariates) const;
    /// Puts the outlines of --regions-from into a specification. @throws Error
    void add_outlines(ModelSpecification& specification, const SpatialDataset& dataset) const;
    /// @throws UsageError
    [[nodiscard]] FitOptions fit_options() const;
};

/// How predictions are made, shared by predict, validate and fit --map.
struct PredictionOptions {
    std::string target = "signal";
    bool plug_in = false;
    int draws = 16;

    void add_to(CLI::App& command, bool with_target);
    /// @throws UsageError
    [[nodiscard]] PredictOptions resolved(std::uint64_t seed, int threads) const;
};

}  // namespace anamorph::cli
