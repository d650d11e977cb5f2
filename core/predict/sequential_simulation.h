// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

#include "core/base/progress.h"
#include "core/predict/kriging_system.h"
#include "core/predict/local_kriging.h"

namespace anamorph {

/// The data that simulations are conditioned on, everything divided by e^{l/2}.
struct ConditioningData {
    const Points& deformed;     ///< n×d, units of the range
    const Vector& noise_scale;  ///< n
    const Matrix& columns;      ///< (1+q)×n: z − Hβ̂, then H
    const LocalKrigingParameters& parameters;
};

/// Conditional simulations of the field at p points (features `at`, trend p×q): p×count.
///
/// Points are taken in maximin order, each drawn given its m nearest among the sites and the points
/// before it (signal values, so without nugget): Vecchia's approximation of the joint conditional
/// distribution, exact where m ≥ n + p − 1. β is drawn from N(β̂, σ²(H'C⁻¹H)⁻¹) once a simulation;
/// given z − Hβ and its own trend each residual field is then simulated, which gives the joint
/// distribution of universal kriging. The same seed gives the same draws for any number of threads.
/// Katzfuss and Guinness (2021), Statist. Sci. 36:124.
/// @throws Error(cancelled | dimension_mismatch | not_finite | out_of_memory)
[[nodiscard]] Matrix sequential_simulation(const ConditioningData& data, const SiteFeatures& at,
                                           const Matrix& trend, const DrawOptions& options,
                                           const ProgressObserver& progress, std::stop_token stop);

}  // namespace anamorph
