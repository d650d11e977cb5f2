// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace anamorph::cli {
namespace {

constexpr double kSecondsBetweenUpdates = 0.1;
constexpr double kSecondsBetweenLines = 1.0;

}  // namespace

Console::Console(bool json, bool progress)
    : json_(json), terminal_(isatty(STDERR_FILENO) == 1) {
    progress_ = progress || terminal_;
}

Console::~Console() { end_progress(); }

void Console::result(const Json& object, const std::string& text) {
    end_progress();
    if (json_) {
        std::cout << object.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    } else {
        std::cout << text << (text.empty() || text.back() == '\n' ? "" : "\n");
    }
    std::cout.flush();
}

void Console::progress(const Progress& progress) {
    if (!progress_) return;
    const auto now = std::chrono::steady_clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    if (since < (terminal_ ? kSecondsBetweenUpdates : kSecondsBetweenLines)) return;
    last_ = now;
    std::string line;
    if (progress.fraction >= 0.0) {
        char percent[16];
        std::snprintf(percent, sizeof percent, "%3.0f %%  ", 100.0 * progress.fraction);
        line += percent;
    }
    line += progress.message;
    if (progress.seconds_left >= 0.0) line += "  (" + duration(progress.seconds_left) + " left)";
    if (terminal_) {
        std::cerr << "\r\033[K" << line << std::flush;
        line_open_ = true;
    } else {
        std::cerr << line << "\n";
    }
}

ProgressObserver Console::observer() {
    return [this](const Progress& position) { progress(position); };
}

void Console::end_progress() {
    if (!line_open_) return;
    std::cerr << "\r\033[K" << std::flush;
    line_open_ = false;
}

void Console::notice(const std::string& sentence) {
    end_progress();
    std::cerr << sentence << "\n";
}

std::string short_number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string duration(double seconds) {
    char text[40];
    if (seconds < 60.0) {
        std::snprintf(text, sizeof text, "%.1f s", seconds);
    } else {
        const long whole = std::lround(seconds);
        std::snprintf(text, sizeof text, "%ld min %ld s", whole / 60, whole % 60);
    }
    return text;
}

}  // namespace anamorph::cli
