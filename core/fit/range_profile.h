// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/fit/fitted_model.h"
#include "core/fit/options.h"
#include "core/fit/specification.h"

namespace anamorph {

/// Over which ranges the loss is profiled. 0: from the sites' mean spacing to the length of the data's
/// longest side, each with a margin.
struct RangeProfileOptions {
    int ranges = 41;        ///< evenly spaced in the logarithm, 5 to 400
    double shortest = 0.0;  ///< coordinate unit
    double longest = 0.0;   ///< coordinate unit
    FitOptions fit;         ///< iterations, tolerance, seed and threads

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// The best that the other parameters reach at one range.
struct RangeProfilePoint {
    double range = 0.0;  ///< ℓ, coordinate unit
    double loss = 0.0;   ///< the objective, nats
    double negative_log_likelihood = 0.0;  ///< its part −log p(Z | X), nats
    double partial_sill = 0.0;             ///< σ̂², value unit squared
    double nugget = 0.0;                   ///< τ̂², value unit squared
};

/// A local minimum of the loss, all parameters free.
struct RangeMinimum {
    RangeProfilePoint at;
    std::shared_ptr<const FittedModel> model;  ///< without posterior
};

struct RangeProfile {
    std::vector<RangeProfilePoint> points;  ///< by ascending range; ranges that cannot be evaluated are left out
    std::vector<RangeMinimum> minima;       ///< the lowest first; at least one
    std::string label;                      ///< of the model, "stationary, ν = 1.5"
};

/// The loss as a function of the range ℓ = w e^{−s}, w the half-width of the data and s the overall
/// log-scale of the deformation, minimised at each ℓ over all other parameters (β and σ² in closed
/// form). Where there is a deformation beside the scale, ℓ is the range before its own stretching;
/// in three dimensions ℓ is horizontal.
/// One stationary kernel for data whose roughness differs from place to place often has two
/// minima: a short range without noise, which wiggles where the data are smooth, and a long one, for
/// which the short waves are noise (Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, fig. 5.5). At each range the
/// other parameters start from those of the next shorter and of the next longer one, and the better
/// outcome counts; local minima of the profile are then refined with the range free.
/// Log-scale `automatic` counts as `no`; smoothness `automatic` is chosen by a fit.
/// @throws Error(bad_input | unsupported | out_of_memory | cancelled), Error(not_finite) where no
/// range can be evaluated.
[[nodiscard]] RangeProfile profile_range(std::shared_ptr<const SpatialDataset> dataset,
                                         const ModelSpecification& specification,
                                         const RangeProfileOptions& options,
                                         const ProgressObserver& progress = {},
                                         std::stop_token stop = {});

}  // namespace anamorph
