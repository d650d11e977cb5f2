// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/fit/options.h"

namespace anamorph {

/// The options of a fit as a JSON object, without what belongs to one run (checkpoints, resumption).
[[nodiscard]] nlohmann::json json_of(const FitOptions& options);

/// The inverse. @throws Error(bad_input) for an optimiser that is not known; nlohmann::json::exception
/// for missing or mistyped fields.
[[nodiscard]] FitOptions fit_options_from_json(const nlohmann::json& document);

}  // namespace anamorph
