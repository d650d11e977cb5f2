// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace anamorph {

/// A gate that a worker passes at each iteration; while it is shut the worker waits, and a stop
/// request opens it.
class PauseGate {
public:
    void setPaused(bool paused) {
        {
            const std::lock_guard lock(mutex_);
            paused_ = paused;
        }
        changed_.notify_all();
    }
    void pass(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [this] { return !paused_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool paused_ = false;
};

}  // namespace anamorph
