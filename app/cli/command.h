// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace anamorph::cli {

class Console;

/// Exit codes of the program.
enum ExitCode { success = 0, wrong_usage = 2, bad_input = 3, numerical_failure = 4, interrupted = 130 };

/// Options that parse but make no sense, alone or together: exit code 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a parsed command line asks for; returns the exit code.
using Action = std::function<int(Console&)>;

// Each adds its subcommand and stores the action in `chosen` once the command line was parsed.
void add_simulate(CLI::App& app, Action& chosen);
void add_evaluate(CLI::App& app, Action& chosen);
void add_fit(CLI::App& app, Action& chosen);
void add_predict(CLI::App& app, Action& chosen);
void add_draw(CLI::App& app, Action& chosen);
void add_validate(CLI::App& app, Action& chosen);
void add_compare(CLI::App& app, Action& chosen);
void add_profile(CLI::App& app, Action& chosen);
void add_inspect(CLI::App& app, Action& chosen);

}  // namespace anamorph::cli
