// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <optional>
#include <utility>

namespace anamorph {

/// A box that holds the newest value only: a worker puts as often as it likes, the window takes at
/// its own pace, and neither waits for the other for longer than a move.
template <class T>
class LatestValue {
public:
    void put(T value) {
        std::optional<T> old(std::move(value));
        const std::lock_guard lock(mutex_);
        value_.swap(old);  // the old value is destroyed after the lock is released
    }
    [[nodiscard]] std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(value_, std::nullopt);
    }

private:
    std::mutex mutex_;
    std::optional<T> value_;
};

}  // namespace anamorph
