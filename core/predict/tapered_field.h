// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/types.h"
#include "core/likelihood/tapered_covariance.h"

namespace anamorph {

struct TaperedFieldOptions {
    TaperedCovariance covariance;
    double jitter = 1e-8;    ///< added to the diagonal of correlation matrices
    int count = 1;           ///< number of simulations
    std::uint64_t seed = 1;
    int neighbours = 40;     ///< of the sequential simulation
    /// Joint simulation where there are no more pairs in range, and no more numbers in the factor.
    Index most_joint_pairs = 20'000'000;
    Index most_joint_entries = 60'000'000;
};

/// Simulations of a Gaussian field of variance 1 and tapered correlation at points (deformed p×d, local
/// features p×k): p×count.
///
/// Jointly through the sparse factor of the points' correlation matrix where it is small enough
/// (exact); else sequentially in maximin order, each point given its nearest among the points
/// before it (Vecchia's approximation of the joint distribution; Guinness 2018, Technometrics
/// 60:415), which dense points hardly tell from it. The same seed gives the same numbers for any
/// number of threads.
/// @throws Error(cancelled | not_positive_definite), std::bad_alloc
[[nodiscard]] Matrix tapered_field(const Points& points, const Matrix& local,
                                   const TaperedFieldOptions& options, const std::stop_token& stop);

}  // namespace anamorph
