// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/progress.h"

#include <chrono>

#include "core/base/error.h"

namespace anamorph {

namespace {
double now() {
    using clock = std::chrono::steady_clock;
    return std::chrono::duration<double>(clock::now().time_since_epoch()).count();
}
}  // namespace

void throw_if_cancelled(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "Cancelled; nothing was changed.");
}

ProgressMeter::ProgressMeter(ProgressObserver observer, std::string message,
                             double updates_per_second)
    : observer_(std::move(observer)),
      message_(std::move(message)),
      interval_(1.0 / updates_per_second),
      started_(now()),
      last_(-1.0) {}

void ProgressMeter::report(double fraction) {
    if (!observer_) return;
    const double t = now();
    if (last_ >= 0.0 && t - last_ < interval_ && fraction < 1.0) return;
    last_ = t;
    const double elapsed = t - started_;
    Progress progress;
    progress.fraction = fraction;
    progress.message = message_;
    if (fraction > 0.01) progress.seconds_left = elapsed * (1.0 - fraction) / fraction;
    observer_(progress);
}

}  // namespace anamorph
