// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace anamorph {

/// JSON has no NaN: a number that is not finite is written as null, and null is read as NaN.
template <class Json = nlohmann::json>
[[nodiscard]] Json json_number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
[[nodiscard]] inline double number_from_json(const nlohmann::json& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

}  // namespace anamorph
