// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/prediction_grid.h"
#include "core/predict/kriging.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

struct SimulationOptions {
    PredictionTarget target = PredictionTarget::signal;
    int count = 1;  ///< number of simulations, 1 to 100,000
    /// Draw the parameters too: up to 16 draws from the Laplace posterior, each with its share of the
    /// simulations. False: all simulations at the estimates.
    bool averaged = false;
    std::uint64_t seed = 1;
    int threads = 0;  ///< 0: all cores but one
    SimulationMethod method = SimulationMethod::sequential;  ///< of the exact and Vecchia's likelihood
    std::string realisation;  ///< several realisations: the one that is conditioned on; empty: the model's own
};

/// Conditional simulations of the field at points (m×d, working coordinates), with covariates m×q
/// where the model's trend has them: m×count, each column one field that agrees with the data.
/// @throws Error(bad_input | dimension_mismatch | not_finite | not_positive_definite | out_of_memory |
/// unsupported | cancelled)
[[nodiscard]] Matrix draw_at(const FittedModel& model, const Points& x_in_geographic,
                             const Matrix& covariates, const SimulationOptions& options,
                             const ProgressObserver& progress = {}, std::stop_token stop = {});

/// Conditional simulations on the cells of a grid that its mask keeps; the others hold NaN:
/// cell_count()×count. `covariates`: cell_count()×q or empty. Errors as draw_at.
[[nodiscard]] Matrix draw_on_grid(const FittedModel& model, const PredictionGrid& grid,
                                  const Matrix& covariates, const SimulationOptions& options,
                                  const ProgressObserver& progress = {}, std::stop_token stop = {});

/// Over the simulations (columns) at each point; NaN where they are NaN.
struct DrawSummary {
    Vector mean;
    Vector standard_deviation;  ///< NaN for a single simulation
    Matrix quantiles;   ///< a column for each probability, between neighbouring ranks linear
    Matrix exceedance;  ///< a column for each threshold: share of the simulations above it
};
/// @throws Error(bad_input) for a probability outside [0, 1] or a threshold that is no number.
[[nodiscard]] DrawSummary summary_of(const Matrix& draws, const std::vector<double>& probabilities = {},
                                     const std::vector<double>& thresholds = {});

}  // namespace anamorph
