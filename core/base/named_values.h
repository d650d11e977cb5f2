// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace anamorph {

/// A list of values and their names, both ways: for enumerations that the command line and files
/// spell out.
template <class T, std::size_t N>
using NamedValues = const std::pair<T, const char*> (&)[N];

template <class T, std::size_t N>
[[nodiscard]] std::string name_of(T value, NamedValues<T, N> names) {
    for (const auto& [key, name] : names)
        if (key == value) return name;
    throw Error(ErrorCode::bad_input, "An unknown choice.");
}

/// @throws Error(bad_input) with the known names as the hint.
template <class T, std::size_t N>
[[nodiscard]] T value_of(const std::string& text, const char* what, NamedValues<T, N> names) {
    std::string known;
    for (const auto& [key, name] : names) {
        if (text == name) return key;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(ErrorCode::bad_input, "\"" + text + "\" is not a " + what + ".",
                "Choose one of: " + known + ".");
}

}  // namespace anamorph
