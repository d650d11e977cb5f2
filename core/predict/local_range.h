// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/prediction_grid.h"
#include "core/fit/fitted_model.h"

namespace anamorph {

/// The local range r(x): how far the correlation reaches at x, the geometric mean over the directions
/// of space of the practical range (ρ = 0.05), practical range·|det J(x)|^{−1/d}, in the coordinate unit;
/// kernels of a process convolution and ranges of regions counted. Its posterior follows from draws of
/// the parameters. What a deformation learned is where the interval is narrow; where it is as wide as
/// the prior's, the data say nothing.
struct LocalRange {
    Vector median;  ///< m
    Vector lower, upper;  ///< m: central interval of the level asked for
    Vector log_sd;  ///< m: standard deviation of log r
    std::string doubt;  ///< a sentence where the sampler is not to be trusted; else empty
};

struct LocalRangeOptions {
    int draws = 100;      ///< of the parameters, 8 to 100,000
    /// Draws by Hamiltonian Monte Carlo (hamiltonian.h, four chains) instead of Laplace's: some thousand
    /// evaluations of the likelihood.
    bool monte_carlo = false;
    double level = 0.9;   ///< of the interval, in (0, 1)
    std::uint64_t seed = 1;
    int threads = 0;      ///< 0: all cores but one

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// A model's local range at points (working coordinates, m×d), over its posterior.
/// @throws Error(bad_input); Error(unsupported) for a model without a posterior; Error(cancelled); errors of
/// sample_posterior
[[nodiscard]] LocalRange local_range_at(const FittedModel& model, const Points& x_in_geographic,
                                        const LocalRangeOptions& options,
                                        const ProgressObserver& progress = {}, std::stop_token stop = {});

/// The same for given draws of the parameters (from another sampler, say).
[[nodiscard]] LocalRange local_range_of(const FittedModel& model, const std::vector<Vector>& draws,
                                        const Points& x_in_geographic, double level,
                                        const ProgressObserver& progress = {}, std::stop_token stop = {});

/// As layers of a map: the median, and upper over lower end of the interval of probability `level`.
[[nodiscard]] std::vector<FurtherLayer> local_range_layers(const LocalRange& range, double level);

/// On the cells of a grid that its mask keeps; the others hold NaN. Errors as local_range_at.
[[nodiscard]] LocalRange local_range_on_grid(const FittedModel& model, const PredictionGrid& grid,
                                             const LocalRangeOptions& options,
                                             const ProgressObserver& progress = {},
                                             std::stop_token stop = {});

}  // namespace anamorph
