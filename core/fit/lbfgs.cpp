// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "core/base/error.h"
#include "core/fit/optimiser.h"

namespace anamorph {

namespace {

struct StepPair {
    Vector step, change;
    double curvature;
};

/// The two-loop recursion: −H g.
Vector direction(const std::deque<StepPair>& pairs, const Vector& gradient) {
    Vector q = gradient;
    std::vector<double> alpha(pairs.size());
    for (std::size_t i = pairs.size(); i-- > 0;) {
        alpha[i] = pairs[i].step.dot(q) / pairs[i].curvature;
        q -= alpha[i] * pairs[i].change;
    }
    if (!pairs.empty()) q *= pairs.back().curvature / pairs.back().change.squaredNorm();
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const double beta = pairs[i].change.dot(q) / pairs[i].curvature;
        q += (alpha[i] - beta) * pairs[i].step;
    }
    return -q;
}

struct Trial {
    double length = 0.0;
    double value = std::numeric_limits<double>::infinity();
    double slope = 0.0;
    Vector x, gradient;
    bool usable = false;
};

/// Strong Wolfe search along p from (x, value, gradient).
class LineSearch {
public:
    LineSearch(const DifferentiableFunction& f, const Vector& x, double value, const Vector& gradient,
               const Vector& p)
        : f_(f), x_(x), p_(p), value_(value), slope_(gradient.dot(p)) {}

    /// True if `best` satisfies sufficient decrease (and, in all but hard cases, curvature).
    bool run(double first_length, Trial& best) {
        Trial previous;
        previous.value = value_;
        previous.slope = slope_;
        double length = first_length;
        for (int i = 0; i < 12; ++i) {
            Trial t = at(length);
            if (!t.usable) {
                // Beyond where the function exists: bracket between the last good length and here.
                return zoom(previous, t, best);
            }
            if (t.value > value_ + decrease * length * slope_ || (i > 0 && t.value >= previous.value))
                return zoom(previous, t, best);
            if (std::abs(t.slope) <= -curvature * slope_) {
                best = std::move(t);
                return true;
            }
            if (t.slope >= 0.0) return zoom(t, previous, best);
            previous = std::move(t);
            length *= 2.0;
        }
        best = std::move(previous);
        return best.usable;
    }

private:
    static constexpr double decrease = 1e-4, curvature = 0.9;

    Trial at(double length) {
        Trial t;
        t.length = length;
        t.x = x_ + length * p_;
        t.usable = f_(t.x, t.value, t.gradient);
        if (t.usable)
            t.slope = t.gradient.dot(p_);
        else
            t.value = std::numeric_limits<double>::infinity();
        return t;
    }

    /// `low` has the smaller value and a slope that points to `high`.
    bool zoom(Trial low, Trial high, Trial& best) {
        for (int i = 0; i < 25; ++i) {
            Trial t = at(interpolate(low, high));
            if (!t.usable || t.value > value_ + decrease * t.length * slope_ || t.value >= low.value) {
                high = std::move(t);
            } else {
                if (std::abs(t.slope) <= -curvature * slope_) {
                    best = std::move(t);
                    return true;
                }
                if (t.slope * (high.length - low.length) >= 0.0) high = std::move(low);
                low = std::move(t);
            }
            if (std::abs(high.length - low.length) < 1e-12) break;
        }
        best = std::move(low);
        return best.usable && best.value < value_;
    }

    /// Quadratic interpolation, kept well inside the bracket.
    static double interpolate(const Trial& low, const Trial& high) {
        const double width = high.length - low.length;
        double t = low.length + 0.5 * width;
        if (std::isfinite(high.value)) {
            const double denominator = 2.0 * (high.value - low.value - low.slope * width);
            if (denominator > 0.0) t = low.length - low.slope * width * width / denominator;
        } else {
            t = low.length + 0.1 * width;
        }
        const double a = low.length + 0.1 * width, b = low.length + 0.9 * width;
        return std::clamp(t, std::min(a, b), std::max(a, b));
    }

    const DifferentiableFunction& f_;
    const Vector& x_;
    const Vector& p_;
    double value_, slope_;
};

}  // namespace

OptimiserResult minimise_lbfgs(const DifferentiableFunction& function, const Vector& x0,
                               const OptimiserOptions& options, const IterateCallback& callback) {
    OptimiserResult result;
    result.x = x0;
    Vector gradient;
    if (!function(x0, result.value, gradient))
        throw Error(ErrorCode::not_finite, "The objective cannot be evaluated at the starting point.",
                    "Check the data for duplicated sites, or set a larger nugget or another start.");
    if (callback && callback(0, result.x, result.value, gradient) == FitDecision::stop_keep_best) {
        result.termination = Termination::stopped_by_user;
        return result;
    }
    std::deque<StepPair> pairs;
    result.termination = Termination::iteration_limit;
    for (int iteration = 1; iteration <= options.max_iterations; ++iteration) {
        if (gradient.cwiseAbs().maxCoeff() <= options.gradient_tolerance) {
            result.termination = Termination::converged;
            break;
        }
        Vector p = direction(pairs, gradient);
        if (!(p.dot(gradient) < 0.0)) {
            pairs.clear();
            p = -gradient;
        }
        const double first = pairs.empty() ? std::min(1.0, options.first_step / p.norm()) : 1.0;
        Trial next;
        if (!LineSearch(function, result.x, result.value, gradient, p).run(first, next)) {
            if (pairs.empty()) {
                result.termination = Termination::no_progress;
                break;
            }
            result.warnings.emplace_back(
                "A line search failed; the search went on from the best iterate along the gradient.");
            pairs.clear();
            continue;
        }
        StepPair pair{next.x - result.x, next.gradient - gradient, 0.0};
        pair.curvature = pair.step.dot(pair.change);
        if (pair.curvature > 1e-10 * pair.step.norm() * pair.change.norm()) {
            pairs.push_back(std::move(pair));
            if (static_cast<int>(pairs.size()) > options.memory) pairs.pop_front();
        }
        const double fall = result.value - next.value;
        const double size = std::max({std::abs(result.value), std::abs(next.value), 1.0});
        result.x = std::move(next.x);
        result.value = next.value;
        gradient = std::move(next.gradient);
        result.iterations = iteration;
        if (callback && callback(iteration, result.x, result.value, gradient) ==
                            FitDecision::stop_keep_best) {
            result.termination = Termination::stopped_by_user;
            break;
        }
        if (fall <= std::max(options.relative_tolerance * size, options.absolute_tolerance)) {
            result.termination = Termination::converged;
            break;
        }
    }
    return result;
}

}  // namespace anamorph
