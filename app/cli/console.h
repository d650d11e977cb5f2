// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/progress.h"

namespace anamorph::cli {

/// Keys stay in the order in which they are written.
using Json = nlohmann::ordered_json;

/// Where the program speaks: results to standard output (text, or one JSON object), progress and
/// errors to standard error.
class Console {
public:
    Console(bool json, bool progress);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    [[nodiscard]] bool json() const { return json_; }
    /// Prints the result: `object` with --json, `text` without.
    void result(const Json& object, const std::string& text);
    /// A progress line on standard error, if that is a terminal or --progress was given.
    void progress(const Progress& progress);
    /// A progress observer that writes here.
    [[nodiscard]] ProgressObserver observer();
    /// Ends the progress line, if there is one.
    void end_progress();
    /// A sentence for the user on standard error.
    void notice(const std::string& sentence);

private:
    bool json_;
    bool progress_;
    bool terminal_;
    bool line_open_ = false;
    std::chrono::steady_clock::time_point last_{};
};

/// A number for people: six significant digits.
[[nodiscard]] std::string short_number(double value);

/// "12.3 s", "4 min 10 s".
[[nodiscard]] std::string duration(double seconds);

}  // namespace anamorph::cli
