// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/fit/fitted_model.h"
#include "core/likelihood/likelihood_options.h"
#include "core/likelihood/log_likelihood_at.h"

namespace anamorph {

/// What the approximation laboratory computes.
struct ComparisonOptions {
    /// Lengths in coordinate units, as in a specification. Empty: default_approximations.
    std::vector<LikelihoodOptions> approximations;
    Index exact_limit = 5000;       ///< sites up to which the exact likelihood and map are computed
    Index divergence_limit = 2500;  ///< sites up to which the divergence is computed
    int probes = 24;                ///< random vectors of the divergence's trace
    std::uint64_t seed = 1;         ///< of the probes
    Index map_cells = 40;           ///< cells on the map's longest side; 0: no map
    int threads = 0;                ///< 0: all cores but one

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// One approximation at one tuning value, at the model's parameters. NaN: not computed.
struct ApproximationRow {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    LikelihoodOptions options;
    std::string label;      ///< "Vecchia, 20 neighbours"
    std::string tuning_name;  ///< "neighbours", "taper range", "inducing sites", "mesh edge"; empty for exact
    double tuning = unknown;
    double log_likelihood = unknown;  ///< at the given covariance parameters, β by each one's own GLS
    double log_likelihood_error = unknown;  ///< minus the exact one
    double divergence = unknown;            ///< KL(exact ‖ approximation), nats
    double divergence_standard_error = unknown;
    double largest_mean_difference = unknown;  ///< of the map from the exact one, value unit
    double largest_sd_difference = unknown;    ///< of the map of the standard deviation
    double setup_seconds = unknown;       ///< ordering, neighbours, pattern, mesh
    double likelihood_seconds = unknown;  ///< one value
    double gradient_seconds = unknown;    ///< one value with its gradient
    double map_seconds = unknown;
    double bytes = unknown;  ///< held by the likelihood after a gradient
    /// The smoothness that this row and its exact reference have: the SPDE's follows from its order.
    Smoothness smoothness = Smoothness::automatic;
    std::string failure;     ///< a sentence where it could not be computed
};

struct ApproximationComparison {
    Index sites = 0;
    Index cells = 0;  ///< of the map; 0: none
    std::vector<ApproximationRow> rows;  ///< exact first, where it was computed
    std::vector<std::string> notes;      ///< what was left out and why
};

/// Vecchia with 5 to 80 neighbours, tapers about 20 to 160 sites wide, 50 to 800 inducing sites (and
/// once without FITC), and meshes of three sizes, as far as they suit the number of sites.
[[nodiscard]] std::vector<LikelihoodOptions> default_approximations(const SpatialDataset& dataset);

/// A stationary model of the data at given parameters instead of estimates; for comparisons.
/// @throws Error(bad_input)
[[nodiscard]] std::shared_ptr<const FittedModel> stationary_model_at(
    std::shared_ptr<const SpatialDataset> dataset, Trend trend, const GivenParameters& parameters);

/// The approximation laboratory: every approximation at the deformation and the parameters of
/// `model`, beside the exact likelihood.
///
/// The divergence of N(0, C₁) from N(0, C₀), ½[tr(C₁⁻¹C₀) − n + log|C₁| − log|C₀|], needs of an
/// approximation only its value for given data: log|C₁| follows from one value, and the trace is the
/// mean of yᵀC₁⁻¹y over data y = L₀e, C₀ = L₀L₀ᵀ, with random signs e (Hutchinson 1990, Commun.
/// Stat. Simul. 19:433); its standard error is reported. Up to as many sites as probes the trace is
/// summed over unit vectors and exact. It is not defined for the two-taper form, which is not a
/// density, and left out there.
///
/// The SPDE has a smoothness of its own: its rows are compared with the exact likelihood of that
/// smoothness at the range that has the model's practical range.
///
/// @throws Error(cancelled | bad_input). A row that fails gets its `failure` filled.
[[nodiscard]] ApproximationComparison compare_approximations(const FittedModel& model,
                                                             const ComparisonOptions& options,
                                                             const ProgressObserver& progress = {},
                                                             std::stop_token stop = {});

}  // namespace anamorph
