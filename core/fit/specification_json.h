// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/fit/specification.h"

namespace anamorph {

/// A specification as a JSON object, with the command line's names; for project files.
[[nodiscard]] nlohmann::json json_of(const ModelSpecification& specification);

/// The inverse. @throws Error(bad_input) for unknown names or values out of range;
/// nlohmann::json::exception for missing or mistyped fields.
[[nodiscard]] ModelSpecification specification_from_json(const nlohmann::json& document);

}  // namespace anamorph
