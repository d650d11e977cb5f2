// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdexcept>
#include <string>

namespace anamorph {

/// What kind of thing went wrong. Tests and exit codes depend on the code, never on the words.
enum class ErrorCode {
    bad_input,              ///< the user's data, options or file contents cannot be used
    dimension_mismatch,     ///< arrays whose shapes do not belong together
    not_positive_definite,  ///< a covariance matrix could not be factorised, also with jitter
    not_finite,             ///< NaN or infinity appeared in a computation
    cancelled,              ///< the user cancelled; nothing is kept
    input_output,           ///< a file could not be opened, read or written
    unsupported,            ///< a combination that this program does not do
    out_of_memory,          ///< the work does not fit in memory
};

/// The one error of the core. `what()` is a sentence with the numbers; `hint()` says what the user
/// can do about it (may be empty).
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message, std::string hint = {})
        : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
    /// Message and hint in one text, for terminals and message boxes.
    [[nodiscard]] std::string full_text() const {
        return hint_.empty() ? std::string(what()) : std::string(what()) + " " + hint_;
    }

private:
    ErrorCode code_;
    std::string hint_;
};

}  // namespace anamorph
