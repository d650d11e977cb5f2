// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/data/prediction_grid.h"
#include "core/fit/fitted_model.h"

namespace anamorph {

/// What is predicted: the signal h β + exp(l/2) Y, or an observation with its nugget.
enum class PredictionTarget { signal, observation };

struct PredictOptions {
    PredictionTarget target = PredictionTarget::signal;
    bool averaged = true;    ///< average over the Laplace posterior; false: plug-in estimates
    int draws = 16;          ///< antithetic posterior draws when averaged
    std::uint64_t seed = 1;  ///< of the draws
    int threads = 0;         ///< 0: all cores but one
};

/// Kriging mean and variance, moment-matched over the posterior when averaged.
struct Prediction {
    Vector mean;      ///< m, the variable's unit
    Vector variance;  ///< m, unit squared; includes the uncertainty of the trend (universal kriging)
};

/// Predicts at points (m×d, working coordinates), with covariates m×q where the model's trend has
/// them. @throws Error(dimension_mismatch | not_finite | cancelled)
[[nodiscard]] Prediction predict_at(const FittedModel& model, const Points& x_in_geographic,
                                    const Matrix& covariates, const PredictOptions& options,
                                    const ProgressObserver& progress = {},
                                    std::stop_token stop = {});

/// Predicts the cells of a grid that its mask keeps; the others hold NaN. `covariates`:
/// cell_count()×q or empty. Errors as predict_at.
[[nodiscard]] GridMap predict_on_grid(const FittedModel& model, const PredictionGrid& grid,
                                      const Matrix& covariates, const PredictOptions& options,
                                      const ProgressObserver& progress = {},
                                      std::stop_token stop = {});

}  // namespace anamorph
