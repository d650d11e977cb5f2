// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>

#include "core/base/progress.h"
#include "core/base/types.h"
#include "core/covariance/isotropic_covariance.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

/// How a Gaussian field is simulated without data.
struct UnconditionalOptions {
    PairCovariancePointer covariance = matern_covariance(Smoothness::three_halves);
    int neighbours = 30;   ///< sequential: m, 1 to 200
    double jitter = 1e-8;  ///< sequential: added to the diagonal of correlation matrices
    int count = 1;         ///< number of simulations
    std::uint64_t seed = 1;
    SimulationMethod method = SimulationMethod::sequential;
};

/// Simulations of a Gaussian field of a given covariance (variance 1, range 1) at points.
class UnconditionalField {
public:
    virtual ~UnconditionalField() = default;
    /// The simulated values at one point, side by side; may be changed.
    [[nodiscard]] virtual double* at(Index point) = 0;
    [[nodiscard]] virtual const double* at(Index point) const = 0;
};

/// At points p×d, with what the covariance needs of them besides (`local`, p×k, or empty). The same
/// seed gives the same numbers for any number of threads.
/// @throws Error(cancelled | not_finite | unsupported), std::bad_alloc
[[nodiscard]] std::unique_ptr<UnconditionalField> simulate_without_data(
    const Points& points, const Matrix& local, const UnconditionalOptions& options,
    const ProgressObserver& progress, const std::stop_token& stop);

}  // namespace anamorph
