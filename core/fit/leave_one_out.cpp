// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/leave_one_out.h"

#include <cmath>
#include <numbers>

#include "core/fit/objective.h"

namespace anamorph {

LeaveOneOut leave_one_out(const ModelState& model) {
    Objective objective(model);
    double value = 0.0;
    Vector gradient;
    if (!objective.evaluate(model.parameters(), value, gradient)) return {};
    const auto& residual = objective.profiled().leave_one_out_residual.array();
    const auto& variance = objective.profiled().leave_one_out_variance.array();
    LeaveOneOut out;
    out.error = residual * variance.sqrt();
    out.log_score = 0.5 * (2.0 * std::numbers::pi * variance).log() + 0.5 * residual.square();
    return out;
}

}  // namespace anamorph
