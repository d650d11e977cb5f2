// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/fit/optimiser.h"

namespace anamorph {

namespace {

constexpr double longest_step = 2.0;  // of a logarithm
constexpr int most_halvings = 12;

Vector scoring_direction(const Matrix& information, const Vector& gradient) {
    const SymmetricFactor factor(information);
    Vector direction = -gradient;
    if (factor.is_positive()) {
        const Vector solved = -factor.solve(gradient);
        if (solved.allFinite() && solved.dot(gradient) < 0.0) direction = solved;
    }
    const double length = direction.norm();
    return length > longest_step ? Vector(direction * (longest_step / length)) : direction;
}

}  // namespace

OptimiserResult minimise_scoring(const ScoringFunction& function, const Vector& x0,
                                 const OptimiserOptions& options, const IterateCallback& callback) {
    OptimiserResult result;
    result.x = x0;
    Vector gradient;
    Matrix information;
    if (!function(x0, result.value, gradient, information))
        throw Error(ErrorCode::not_finite, "The model cannot be evaluated at its starting point.");
    result.termination = Termination::iteration_limit;
    for (int iteration = 1; iteration <= options.max_iterations; ++iteration) {
        Vector step = scoring_direction(information, gradient);
        double value = 0.0;
        Vector next, next_gradient;
        Matrix next_information;
        bool better = false;
        for (int halving = 0; halving <= most_halvings && !better; ++halving, step *= 0.5) {
            next = result.x + step;
            better = function(next, value, next_gradient, next_information) && value <= result.value;
        }
        if (!better) {
            result.termination = Termination::no_progress;
            break;
        }
        const double fall = result.value - value;
        result.x = next;
        result.value = value;
        gradient = next_gradient;
        information = next_information;
        result.iterations = iteration;
        if (callback && callback(iteration, result.x, value, gradient) == FitDecision::stop_keep_best) {
            result.termination = Termination::stopped_by_user;
            break;
        }
        if (fall <= std::max(options.relative_tolerance * std::max(1.0, std::abs(value)),
                             options.absolute_tolerance)) {
            result.termination = Termination::converged;
            break;
        }
    }
    return result;
}

}  // namespace anamorph
