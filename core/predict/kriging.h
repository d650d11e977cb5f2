// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
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
    std::vector<double> quantiles;   ///< probabilities in (0, 1): values that are not exceeded with them
    std::vector<double> thresholds;  ///< values, the variable's unit: probabilities of exceeding them
    /// Several realisations: labels of the one that predictions are conditioned on, one for all points or
    /// one for each; empty: the model's own (the last).
    std::vector<std::string> realisations;

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// The places among the data's realisations of such labels for m points; empty where the options name
/// none. @throws Error(bad_input | dimension_mismatch)
[[nodiscard]] std::vector<int> realisation_of_points(const SpatialDataset& dataset,
                                                     const std::vector<std::string>& labels, Index points);

/// What is predicted of the measured variable. Where the model transforms its values, moments,
/// quantiles and probabilities are those of the variable itself, carried back from the scale in which
/// it is Gaussian; the signal is then φ⁻¹(hβ + exp(l/2) Y), whose mean leaves the nugget out.
/// Averaged over the posterior, the distribution is the equal mixture over the draws.
struct Prediction {
    Vector mean;      ///< m, the variable's unit
    Vector variance;  ///< m, unit squared; includes the uncertainty of the trend (universal kriging)
    Matrix quantiles;   ///< m×(number of PredictOptions::quantiles), the variable's unit
    Matrix exceedance;  ///< m×(number of PredictOptions::thresholds), probabilities
};

/// The layers that quantiles and exceedance probabilities make on a map, without their values.
[[nodiscard]] std::vector<FurtherLayer> further_layers(const PredictOptions& options);

/// Predicts at points (m×d, working coordinates), with covariates m×q where the model's trend has
/// them. @throws Error(dimension_mismatch | not_finite | cancelled)
[[nodiscard]] Prediction predict_at(const FittedModel& model, const Points& x_in_geographic,
                                    const Matrix& covariates, const PredictOptions& options,
                                    const ProgressObserver& progress = {},
                                    std::stop_token stop = {});

/// Predicts the cells of a grid that its mask keeps; the others hold NaN. `covariates`:
/// cell_count()×q or empty. The map's further layers are the quantiles, then the probabilities of
/// exceedance. Errors as predict_at.
[[nodiscard]] GridMap predict_on_grid(const FittedModel& model, const PredictionGrid& grid,
                                      const Matrix& covariates, const PredictOptions& options,
                                      const ProgressObserver& progress = {},
                                      std::stop_token stop = {});

}  // namespace anamorph
