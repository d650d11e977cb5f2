// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/base/types.h"
#include "core/predict/unconditional_field.h"

namespace anamorph {

/// Seed of one of many independent random streams (the finaliser of splitmix64; Steele, Lea, Flood
/// 2014, OOPSLA).
[[nodiscard]] std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream);

/// Simulations of a Gaussian field of correlation ρ (variance 1, range 1) at p points.
class SequentialSimulation final : public UnconditionalField {
public:
    /// Points p×d, with what the covariance needs of them besides (`local`, p×k, or empty), are taken in maximin order, each drawn given its m nearest among the points before
    /// it: Vecchia's approximation of the joint distribution, exact where m ≥ p − 1. O(p m³), and
    /// O(p m) for each further simulation. The same seed gives the same numbers for any number of
    /// threads. Guinness (2018), Technometrics 60:415.
    /// @throws Error(cancelled | not_finite | unsupported), std::bad_alloc
    SequentialSimulation(const Points& points, const Matrix& local,
                         const UnconditionalOptions& options,
                         const ProgressObserver& progress, const std::stop_token& stop);

    [[nodiscard]] double* at(Index point) override {
        return values_.data() + rank_[static_cast<std::size_t>(point)] * static_cast<std::int64_t>(count_);
    }
    [[nodiscard]] const double* at(Index point) const override {
        return values_.data() + rank_[static_cast<std::size_t>(point)] * static_cast<std::int64_t>(count_);
    }

private:
    Index count_;
    std::vector<std::int32_t> rank_;  // place of each point in the drawing order
    std::vector<double> values_;      // by rank, the simulations of a point side by side
};

}  // namespace anamorph
