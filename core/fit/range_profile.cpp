// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/range_profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/base/error.h"
#include "core/fit/classes.h"
#include "core/fit/fit.h"
#include "core/fit/optimiser.h"
#include "core/fit/stage.h"
#include "core/fit/student_noise.h"
#include "core/likelihood/lapack.h"

namespace anamorph {

namespace {

constexpr double same_range = 0.03;  // of the logarithm: two minima nearer than this are one

/// The parameters θ with the overall log-scale s, which is the first, taken out and put in.
Vector without_scale(const Vector& theta) { return theta.tail(theta.size() - 1); }
Vector with_scale(double s, const Vector& rest) {
    Vector theta(rest.size() + 1);
    theta << s, rest;
    return theta;
}

/// The objective at fixed ranges.
class Profiler {
public:
    Profiler(const ModelState& model, TrainingRun& run)
        : objective_(model), run_(run), half_width_(model.standardisation.half_width(0)) {}

    struct Outcome {
        RangeProfilePoint point;
        Vector rest;
    };

    /// The best of the other parameters at range ℓ, from `start`; nothing where it cannot be evaluated.
    std::optional<Outcome> at(double range, const Vector& start) {
        const double s = std::log(half_width_ / range);
        const DifferentiableFunction function = [&](const Vector& rest, double& f, Vector& g) {
            run_.count_evaluation();
            Vector gradient;
            if (!objective_.evaluate(with_scale(s, rest), f, gradient)) return false;
            g = without_scale(gradient);
            return true;
        };
        OptimiserOptions options;
        options.max_iterations = run_.options().max_iterations;
        options.relative_tolerance = run_.options().relative_tolerance;
        const IterateCallback proceed = [](int, const Vector&, double, const Vector&) {
            return FitDecision::proceed;
        };
        Outcome outcome;
        try {
            outcome.rest = minimise_lbfgs(function, start, options, proceed).x;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::not_finite) throw;
            return std::nullopt;  // the start cannot be evaluated
        }
        double value = 0.0;
        Vector gradient;
        if (!objective_.evaluate(with_scale(s, outcome.rest), value, gradient)) return std::nullopt;
        outcome.point = point_at(range, value);
        return outcome;
    }

    [[nodiscard]] Vector start() const { return without_scale(objective_.start()); }
    [[nodiscard]] double log_scale_of(double range) const { return std::log(half_width_ / range); }

private:
    [[nodiscard]] RangeProfilePoint point_at(double range, double value) const {
        const double sill = objective_.profiled().partial_sill;
        return {range, value, objective_.parts().data, sill,
                sill * std::exp(objective_.model().log_nugget_ratio)};
    }

    Objective objective_;
    TrainingRun& run_;
    double half_width_;
};

using Outcomes = std::vector<std::optional<Profiler::Outcome>>;

/// Goes through the ranges in one direction, each starting where the last one ended.
void sweep(Profiler& profiler, const std::vector<double>& ranges, bool upwards, Outcomes& best,
           const std::function<void()>& done) {
    Vector start = profiler.start();
    for (std::size_t k = 0; k < ranges.size(); ++k) {
        const std::size_t i = upwards ? k : ranges.size() - 1 - k;
        auto outcome = profiler.at(ranges[i], start);
        if (!outcome) outcome = profiler.at(ranges[i], profiler.start());
        if (outcome) {
            start = outcome->rest;
            if (!best[i] || outcome->point.loss < best[i]->point.loss) best[i] = std::move(outcome);
        }
        done();
    }
}

/// Evenly spaced in the logarithm.
std::vector<double> ladder(double shortest, double longest, int count) {
    std::vector<double> ranges;
    for (int i = 0; i < count; ++i)
        ranges.push_back(shortest * std::pow(longest / shortest, static_cast<double>(i) / (count - 1)));
    return ranges;
}

std::vector<double> ranges_of(const ModelState& model, const RangeProfileOptions& options) {
    const double side = 2.0 * model.standardisation.half_width(0);
    const double spacing =
        side / std::pow(static_cast<double>(model.dataset->size()), 1.0 / model.dataset->dimension());
    const double shortest = options.shortest > 0.0 ? options.shortest : 0.5 * spacing;
    const double longest = options.longest > 0.0 ? options.longest : 2.0 * side;
    if (!(shortest < longest))
        throw Error(ErrorCode::bad_input, "The shortest range of a profile, " + std::to_string(shortest) +
                                              ", must be less than the longest, " + std::to_string(longest) + ".");
    return ladder(shortest, longest, options.ranges);
}

RangeMinimum refined(TrainingRun& run, ModelState model, double s, const Vector& rest) {
    model.set_parameters(with_scale(s, rest));
    StageOptions stage;
    stage.name = stage_name(model.specification);
    fit_stage(run, model, stage);
    RangeMinimum minimum;
    minimum.at = {model.standardisation.half_width(0) * std::exp(-model.parameters()(0)), model.loss.total,
                  model.loss.data, model.partial_sill,
                  model.partial_sill * std::exp(model.log_nugget_ratio)};
    minimum.model = std::make_shared<const FittedModel>(std::make_shared<const ModelState>(std::move(model)));
    return minimum;
}

/// Local minima of the profile with the range free, the lowest first. One that slides out of the
/// profile's ranges is none, unless it is all there is.
std::vector<RangeMinimum> minima_of(TrainingRun& run, const ModelState& model, const Profiler& profiler,
                                    const std::vector<Profiler::Outcome>& profile) {
    std::vector<RangeMinimum> minima;
    const auto lower = [&](std::size_t i, std::size_t j) {
        return profile[i].point.loss < profile[j].point.loss;
    };
    std::size_t lowest = 0;
    for (std::size_t i = 1; i < profile.size(); ++i)
        if (lower(i, lowest)) lowest = i;
    const double first = profile.front().point.range, last = profile.back().point.range;
    for (std::size_t i = 0; i < profile.size(); ++i) {
        const bool inner = i > 0 && i + 1 < profile.size() && lower(i, i - 1) && !lower(i + 1, i);
        if (!inner && i != lowest) continue;
        RangeMinimum m = refined(run, model, profiler.log_scale_of(profile[i].point.range), profile[i].rest);
        if (i != lowest && (m.at.range < first || m.at.range > last)) continue;
        const auto known = std::find_if(minima.begin(), minima.end(), [&](const RangeMinimum& other) {
            return std::abs(std::log(other.at.range / m.at.range)) < same_range;
        });
        if (known == minima.end())
            minima.push_back(std::move(m));
        else if (m.at.loss < known->at.loss)
            *known = std::move(m);
    }
    std::sort(minima.begin(), minima.end(),
              [](const RangeMinimum& a, const RangeMinimum& b) { return a.at.loss < b.at.loss; });
    return minima;
}

/// As it is fitted: log-scale and smoothness settled, one likelihood.
ModelSpecification settled(const std::shared_ptr<const SpatialDataset>& dataset,
                           const ModelSpecification& asked, const FitOptions& options,
                           const std::stop_token& stop) {
    ModelSpecification s = with_resolved_likelihood(asked, *dataset);
    if (s.log_scale == LogScale::automatic) s.log_scale = LogScale::no;
    if (s.smoothness == Smoothness::automatic && s.correlation == CorrelationFamily::matern) {
        FitOptions quick = options;
        quick.posterior = false;
        s.smoothness = fit(dataset, s, quick, {}, stop).model().specification().smoothness;
    }
    return s;
}

}  // namespace

std::vector<std::string> RangeProfileOptions::validate() const {
    std::vector<std::string> problems = fit.validate();
    if (ranges < 5 || ranges > 400) problems.emplace_back("A profile takes 5 to 400 ranges.");
    for (const double range : {shortest, longest})
        if (!std::isfinite(range) || range < 0.0) {
            problems.emplace_back("The ends of a profile must be positive lengths.");
            break;
        }
    if (shortest > 0.0 && longest > 0.0 && shortest >= longest)
        problems.emplace_back("The shortest range of a profile must be less than the longest.");
    return problems;
}

RangeProfile profile_range(std::shared_ptr<const SpatialDataset> dataset,
                           const ModelSpecification& specification, const RangeProfileOptions& options,
                           const ProgressObserver& progress, std::stop_token stop) {
    if (const auto problems = options.validate(); !problems.empty())
        throw Error(ErrorCode::bad_input, problems.front());
    if (has_student_noise(specification))
        throw Error(ErrorCode::unsupported,
                    "A profile of the range needs Gaussian noise: the weights of Student noise would differ from "
                    "range to range.",
                    "Take Gaussian noise for the profile.");
    check_before_fit(dataset.get(), specification, options.fit);
    const ThreadCount threads(options.fit.threads);
    const ModelSpecification s = settled(dataset, specification, options.fit, stop);
    TrainingRun run(options.fit, {}, stop);
    ModelState model = make_model(dataset, s, options.fit.seed);
    model.refresh_conditioning();
    const std::vector<double> ranges = ranges_of(model, options);
    ProgressMeter meter(progress, "Range profile of " + stage_name(s));
    double steps = 0.0;
    const auto done = [&] {
        throw_if_cancelled(stop);
        meter.report(++steps / (2.0 * static_cast<double>(ranges.size()) + 4.0));
    };
    Profiler profiler(model, run);
    Outcomes best(ranges.size());
    sweep(profiler, ranges, true, best, done);
    sweep(profiler, ranges, false, best, done);
    RangeProfile result;
    std::vector<Profiler::Outcome> profile;
    for (auto& outcome : best)
        if (outcome) profile.push_back(std::move(*outcome));
    if (profile.empty())
        throw Error(ErrorCode::not_finite, "The loss could not be evaluated at any of the ranges.",
                    "Look for duplicated sites, or choose other ranges.");
    for (const auto& outcome : profile) result.points.push_back(outcome.point);
    result.minima = minima_of(run, model, profiler, profile);
    result.label = stage_name(s);
    meter.report(1.0);
    return result;
}

}  // namespace anamorph
