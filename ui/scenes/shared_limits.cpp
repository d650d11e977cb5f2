// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/shared_limits.h"

#include <algorithm>

namespace anamorph {
namespace {

void widen(Limits& all, const Limits& one, bool first) {
    all.lower = first ? one.lower : std::min(all.lower, one.lower);
    all.upper = first ? one.upper : std::max(all.upper, one.upper);
}

}  // namespace

std::vector<std::shared_ptr<const SpacesSnapshot>> with_shared_limits(
    const std::vector<std::shared_ptr<const SpacesSnapshot>>& snapshots) {
    Limits values, deviations;
    double log_det = 0.1;
    bool any = false, any_map = false;
    for (const auto& s : snapshots) {
        if (!s) continue;
        widen(values, s->value_limits, !any);
        any = true;
        log_det = std::max(log_det, s->log_det_limit);
        if (!s->has_map) continue;  // its standard deviation means nothing
        widen(deviations, s->sd_limits, !any_map);
        any_map = true;
    }
    std::vector<std::shared_ptr<const SpacesSnapshot>> shared;
    for (const auto& s : snapshots) {
        if (!s) {
            shared.push_back(nullptr);
            continue;
        }
        auto copy = std::make_shared<SpacesSnapshot>(*s);
        copy->value_limits = values;
        if (any_map) copy->sd_limits = deviations;
        copy->log_det_limit = log_det;
        shared.push_back(std::move(copy));
    }
    return shared;
}

}  // namespace anamorph
