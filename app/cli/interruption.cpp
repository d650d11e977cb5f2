// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interruption.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>

#include "app/cli/command.h"

namespace anamorph::cli {
namespace {

std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void count_signal(int) {
    if (signals_seen.fetch_add(1) >= 2) _exit(interrupted);
}

}  // namespace

Interruption::Interruption(bool keeps_best) {
    signals_seen = 0;
    std::signal(SIGINT, count_signal);
    std::signal(SIGTERM, count_signal);
    // A signal handler may not touch a stop source; a watcher does it within 20 ms.
    const int enough = keeps_best ? 2 : 1;
    watcher_ = std::jthread([this, enough](std::stop_token end) {
        while (!end.stop_requested()) {
            if (signals_seen >= enough) source_.request_stop();
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
}

Interruption::~Interruption() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool Interruption::requested() { return signals_seen > 0; }

}  // namespace anamorph::cli
