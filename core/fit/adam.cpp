// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/fit/optimiser.h"

namespace anamorph {

OptimiserResult minimise_adam(const DifferentiableFunction& function, const Vector& x0,
                              const OptimiserOptions& options, const IterateCallback& callback) {
    constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    OptimiserResult result;
    result.x = x0;
    Vector x = x0, gradient;
    double value = 0.0;
    if (!function(x, value, gradient))
        throw Error(ErrorCode::not_finite, "The objective cannot be evaluated at the starting point.",
                    "Check the data for duplicated sites, or set a larger nugget or another start.");
    result.value = value;
    Vector first = Vector::Zero(x.size()), second = Vector::Zero(x.size());
    double rate = options.learning_rate;
    int rollbacks = 0;
    result.termination = Termination::iteration_limit;
    if (callback && callback(0, x, value, gradient) == FitDecision::stop_keep_best) {
        result.termination = Termination::stopped_by_user;
        return result;
    }
    int moments = 0;
    double window_best = value;
    for (int iteration = 1; iteration <= options.max_iterations; ++iteration) {
        ++moments;
        first = beta1 * first + (1.0 - beta1) * gradient;
        second = beta2 * second + (1.0 - beta2) * gradient.cwiseAbs2();
        const double c1 = 1.0 - std::pow(beta1, moments), c2 = 1.0 - std::pow(beta2, moments);
        x -= rate * (first / c1).cwiseQuotient(((second / c2).cwiseSqrt().array() + epsilon).matrix());
        if (!function(x, value, gradient)) {
            if (++rollbacks > 5) {
                result.termination = Termination::failed_kept_best;
                result.warnings.emplace_back(
                    "The objective could not be evaluated again and again; the best iterate was kept.");
                break;
            }
            rate *= 0.5;
            x = result.x;
            first.setZero();
            second.setZero();
            moments = 0;
            result.warnings.push_back("Iteration " + std::to_string(iteration) +
                                      " could not be evaluated: back to the best iterate with half "
                                      "the learning rate.");
            if (!function(x, value, gradient)) {
                result.termination = Termination::failed_kept_best;
                break;
            }
            continue;
        }
        result.iterations = iteration;
        if (value < result.value) {
            result.value = value;
            result.x = x;
        }
        if (callback && callback(iteration, x, value, gradient) == FitDecision::stop_keep_best) {
            result.termination = Termination::stopped_by_user;
            break;
        }
        // Judged over windows of 100 iterations: single Adam steps go up and down.
        if (iteration % 100 == 0) {
            const double fall = window_best - result.value;
            if (fall <= options.relative_tolerance * std::max(1.0, std::abs(result.value))) {
                result.termination = Termination::converged;
                break;
            }
            window_best = result.value;
        }
    }
    return result;
}

}  // namespace anamorph
