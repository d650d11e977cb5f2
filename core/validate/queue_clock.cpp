// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/queue_clock.h"

#include <algorithm>

namespace anamorph {
namespace {

double seconds_since(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

}  // namespace

QueueClock::QueueClock(std::vector<double> costs, int fits_per_model)
    : costs_(std::move(costs)),
      fits_per_model_(fits_per_model),
      started_(Clock::now()),
      fit_started_(started_) {
    for (const double cost : costs_) total_cost_ += cost * fits_per_model_;
}

void QueueClock::begin_fit(std::size_t model) {
    if (model != model_) {
        fits_of_model_ = 0;
        seconds_of_model_ = 0.0;
    }
    model_ = model;
    fit_started_ = Clock::now();
}

void QueueClock::end_fit() {
    const double seconds = seconds_since(fit_started_);
    ++fits_of_model_;
    seconds_of_model_ += seconds;
    measured_seconds_ += seconds;
    measured_cost_ += costs_[model_];
    done_cost_ += costs_[model_];
    fit_started_ = Clock::now();
}

void QueueClock::end_model() {
    done_cost_ += costs_[model_] * std::max(0, fits_per_model_ - fits_of_model_);
    fits_of_model_ = fits_per_model_;
}

double QueueClock::expected_seconds(std::size_t model) const {
    if (model == model_ && fits_of_model_ > 0) return seconds_of_model_ / fits_of_model_;
    return measured_cost_ > 0.0 ? costs_[model] * measured_seconds_ / measured_cost_ : -1.0;
}

Progress QueueClock::at(double fraction, const std::string& message) {
    fraction = std::clamp(fraction, 0.0, 1.0);
    const bool fitting = fits_of_model_ < fits_per_model_;
    const double current = fitting ? fraction * costs_[model_] : 0.0;
    Progress progress;
    progress.message = message;
    if (measured_cost_ > 0.0) {
        double left = 0.0;
        if (fitting) {
            const double each = expected_seconds(model_);
            left = each * (fits_per_model_ - fits_of_model_ - fraction);
        }
        for (std::size_t k = model_ + 1; k < costs_.size(); ++k)
            left += fits_per_model_ * expected_seconds(k);
        progress.seconds_left = left;
        const double elapsed = seconds_since(started_);
        progress.fraction = elapsed / std::max(elapsed + left, 1e-9);
        if (!fitting && model_ + 1 == costs_.size()) progress.fraction = 1.0;
    } else {
        progress.fraction = (done_cost_ + current) / std::max(total_cost_, 1e-9);
    }
    largest_fraction_ = progress.fraction = std::clamp(progress.fraction, largest_fraction_, 1.0);
    return progress;
}

}  // namespace anamorph
