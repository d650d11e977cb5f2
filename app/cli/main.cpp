// SPDX-License-Identifier: GPL-3.0-or-later
// anamorph-cli: everything that the window does, without one.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <new>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "core/base/error.h"

namespace {

using namespace anamorph;
using namespace anamorph::cli;

int exit_code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_input:
        case ErrorCode::dimension_mismatch:
        case ErrorCode::input_output: return bad_input;
        case ErrorCode::unsupported: return wrong_usage;
        case ErrorCode::cancelled: return interrupted;
        case ErrorCode::not_positive_definite:
        case ErrorCode::not_finite:
        case ErrorCode::out_of_memory: break;
    }
    return numerical_failure;
}

std::string name_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_input: return "bad_input";
        case ErrorCode::dimension_mismatch: return "dimension_mismatch";
        case ErrorCode::not_positive_definite: return "not_positive_definite";
        case ErrorCode::not_finite: return "not_finite";
        case ErrorCode::cancelled: return "cancelled";
        case ErrorCode::input_output: return "input_output";
        case ErrorCode::unsupported: return "unsupported";
        case ErrorCode::out_of_memory: break;
    }
    return "out_of_memory";
}

/// Tells what went wrong on standard error and, with --json, as the one object on standard output.
int fail(Console& console, int exit_code, const std::string& code, const std::string& message,
         const std::string& hint = {}) {
    console.notice("anamorph-cli: " + message + (hint.empty() ? "" : " " + hint));
    if (console.json()) {
        console.result({{"error", {{"code", code}, {"message", message}, {"hint", hint}}}}, "");
    }
    return exit_code;
}

int run(const Action& action, Console& console) {
    try {
        return action(console);
    } catch (const UsageError& error) {
        return fail(console, wrong_usage, "wrong_usage", error.what());
    } catch (const Error& error) {
        return fail(console, exit_code_of(error.code()), name_of(error.code()), error.what(),
                    error.hint());
    } catch (const std::bad_alloc&) {
        return fail(console, numerical_failure, "out_of_memory",
                    "The work does not fit in memory.", "Use fewer sites or a coarser grid.");
    } catch (const std::exception& error) {
        return fail(console, numerical_failure, "unexpected",
                    std::string("An unexpected error: ") + error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Anamorph: geostatistics by learned deformations of space", "anamorph-cli");
    bool json = false;
    bool progress = false;
    Action action;
    app.set_version_flag("--version", std::string("anamorph-cli ") + ANAMORPH_VERSION);
    app.add_flag("--json", json, "print one JSON object on standard output");
    app.add_flag("--progress", progress, "print progress also where standard error is no terminal");
    app.require_subcommand(1);
    app.fallthrough();
    add_simulate(app, action);
    add_evaluate(app, action);
    add_fit(app, action);
    add_predict(app, action);
    add_draw(app, action);
    add_validate(app, action);
    add_compare(app, action);
    add_profile(app, action);
    add_inspect(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? success : wrong_usage;
    }
    Console console(json, progress);
    return run(action, console);
}
