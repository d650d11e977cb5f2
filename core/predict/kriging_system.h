// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/progress.h"
#include "core/base/types.h"
#include "core/likelihood/site_features.h"

namespace anamorph {

/// How the field without data is simulated that conditioning by kriging starts from.
enum class SimulationMethod {
    sequential,  ///< each point given its nearest before it: any covariance
    spectral,    ///< a sum of cosines: Matérn and Gaussian, no factorisation at any number of points
};

/// How conditional simulations are drawn.
struct DrawOptions {
    int count = 1;                ///< number of simulations
    std::uint64_t seed = 1;       ///< of every random number
    bool of_observation = false;  ///< add the nugget
    SimulationMethod method = SimulationMethod::sequential;
};

/// The distribution of the field given the data at fixed parameters, by the same approximation as
/// the likelihood that made it. Features of points are computed by the caller with the model's
/// spatial map. All functions are const and safe to call from several threads at once.
class KrigingSystem {
public:
    virtual ~KrigingSystem() = default;

    [[nodiscard]] virtual double partial_sill() const = 0;  ///< σ²
    [[nodiscard]] virtual const Vector& trend_coefficients() const = 0;  ///< β̂, q

    /// Kriging mean and variance at m points with trend m×q: universal kriging, so the variance
    /// holds the uncertainty of β; of the signal hβ + e^{l/2}Y, or of an observation (its noise
    /// scale taken as 1).
    virtual void predict(const SiteFeatures& at, const Matrix& trend, bool of_observation,
                         Vector& mean, Vector& variance) const = 0;

    /// Conditional simulations at m points: m×count, their joint distribution that of the data's
    /// posterior (uncertainty of β included). @throws Error(cancelled | out_of_memory | unsupported)
    [[nodiscard]] virtual Matrix draw(const SiteFeatures& at, const Matrix& trend,
                                      const DrawOptions& options,
                                      const ProgressObserver& progress = {},
                                      std::stop_token stop = {}) const = 0;
};

}  // namespace anamorph
