// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdio>
#include <string>

namespace anamorph::cli {

/// A number by a printf format for a cell of a printed table; "-" where it is not finite.
inline std::string cell(const char* format, double value) {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return std::isfinite(value) ? text : "-";
}

}  // namespace anamorph::cli
