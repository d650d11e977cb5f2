// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>
#include <string>

namespace anamorph {

/// A long task's position. `fraction` in [0, 1], or negative while it is unknown; `seconds_left`
/// negative while it is unknown.
struct Progress {
    double fraction = -1.0;
    double seconds_left = -1.0;
    std::string message;
};

/// Called on the thread that does the work, at most a few dozen times a second. May be empty.
using ProgressObserver = std::function<void(const Progress&)>;

/// Throws Error(cancelled) if a stop was requested. Long loops call it every few milliseconds.
void throw_if_cancelled(const std::stop_token& stop);

/// Turns "k of n done" into Progress with the time left, at most `updates_per_second` times.
class ProgressMeter {
public:
    ProgressMeter(ProgressObserver observer, std::string message, double updates_per_second = 15.0);
    /// `fraction` done, in [0, 1].
    void report(double fraction);

private:
    ProgressObserver observer_;
    std::string message_;
    double interval_;
    double started_;
    double last_;
};

}  // namespace anamorph
