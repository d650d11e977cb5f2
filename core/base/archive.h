// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "core/base/types.h"

namespace anamorph {

/// What an object needs to be written to a project file and come back the same: a JSON text and
/// named double-precision arrays. Files store the arrays as little-endian float64.
struct Archive {
    std::string json;
    std::map<std::string, Matrix> arrays;
};

}  // namespace anamorph
