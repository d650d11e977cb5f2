// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/progress.h"

namespace anamorph {

/// Time left of a queue of models that are each fitted several times. A model's fits are taken to
/// last as long as those that it has had; models to come as long as their relative costs say,
/// measured against the models that were fitted.
class QueueClock {
public:
    /// `costs`: of one fit of each model, in any unit, positive.
    QueueClock(std::vector<double> costs, int fits_per_model);

    void begin_fit(std::size_t model);
    void end_fit();
    /// Fits of it that did not take place are not waited for.
    void end_model();
    /// Position in the whole queue, `fraction` of the current fit being done.
    [[nodiscard]] Progress at(double fraction, const std::string& message);

private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] double expected_seconds(std::size_t model) const;

    std::vector<double> costs_;
    int fits_per_model_;
    std::size_t model_ = 0;
    int fits_of_model_ = 0;          ///< done
    double seconds_of_model_ = 0.0;  ///< of those
    double measured_seconds_ = 0.0, measured_cost_ = 0.0;
    double done_cost_ = 0.0, total_cost_ = 0.0;
    double largest_fraction_ = 0.0;
    Clock::time_point started_, fit_started_;
};

}  // namespace anamorph
