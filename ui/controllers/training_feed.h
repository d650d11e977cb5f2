// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/fit/observer.h"

namespace anamorph {

struct SpacesSnapshot;

/// What arrived since the window last looked: every iteration (curves must not lose any) and the
/// newest picture only.
struct TrainingUpdate {
    std::vector<IterationSummary> iterations;  ///< without their model snapshots
    std::shared_ptr<const SpacesSnapshot> picture;
};

/// Between the fitting thread and the window.
class TrainingFeed {
public:
    void add(IterationSummary summary) {
        summary.snapshot.reset();
        const std::lock_guard lock(mutex_);
        update_.iterations.push_back(std::move(summary));
    }
    void add(std::shared_ptr<const SpacesSnapshot> picture) {
        if (!picture) return;
        const std::lock_guard lock(mutex_);
        update_.picture.swap(picture);
    }
    [[nodiscard]] TrainingUpdate take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(update_, {});
    }

private:
    std::mutex mutex_;
    TrainingUpdate update_;
};

}  // namespace anamorph
