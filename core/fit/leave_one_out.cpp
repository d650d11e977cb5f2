// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/leave_one_out.h"

#include <cmath>
#include <numbers>

#include "core/data/value_transform.h"
#include "core/fit/objective.h"
#include "core/fit/student_noise.h"

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
    if (model.noise_weights.size() > 0) {
        const StudentLeaveOneOut student = student_leave_one_out(model, objective.profiled());
        if (student.log_density.size() == 0) return {};
        out.log_score = -student.log_density;
    }
    if (!model.transform) return out;
    // From the transformed scale, where yᵢ − error is the mean, to that of the values.
    const Vector z = model.rows ? Vector(model.dataset->values(*model.rows)) : model.dataset->values;
    const Vector mean = transformed(*model.transform, z) - out.error;
    out.log_score -= log_derivatives(*model.transform, z);
    for (Index i = 0; i < z.size(); ++i)
        out.error(i) = z(i) - model.transform->moments(mean(i), variance(i)).mean;
    return out;
}

}  // namespace anamorph
