// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "core/simulate/scenario.h"

namespace anamorph::testing {

/// Sites and values of a scenario.
inline std::shared_ptr<const SpatialDataset> simulated(const char* scenario, Index n, std::uint64_t seed = 3) {
    ScenarioOptions options;
    options.sites = n;
    options.seed = seed;
    return std::make_shared<const SpatialDataset>(simulate(Scenario(scenario), options).dataset);
}

}  // namespace anamorph::testing
