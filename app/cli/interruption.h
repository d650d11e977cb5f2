// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace anamorph::cli {

/// Watches for SIGINT and SIGTERM while it lives. The first one stops: it requests the stop token,
/// unless the work keeps its best result when stopped (`keeps_best`), in which case the work itself
/// asks `requested()`. The second one always requests the token. Later ones end the process.
class Interruption {
public:
    explicit Interruption(bool keeps_best);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    [[nodiscard]] static bool requested();
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::jthread watcher_;
};

}  // namespace anamorph::cli
