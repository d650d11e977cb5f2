// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/predictor.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/heap_usage.h"
#include "core/base/progress.h"
#include "core/data/realisations.h"
#include "core/data/value_transform.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"
#include "core/fit/student_noise.h"
#include "core/likelihood/lapack.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

namespace {

constexpr double most_bytes_kept = 2.5e9;  // of kriging systems

/// Points handled together: few where each takes a column of n numbers, many where a thread kriges a
/// block of them on its own.
Index chunk_of(const ModelState& model) {
    return model.specification.likelihood.kind == LikelihoodKind::vecchia ? 16'384 : 512;
}

/// About what a model's kriging system takes.
double bytes_of_system(const ModelState& model) {
    // Of several realisations one system is kept at a time.
    const auto n = static_cast<double>(largest_realisation(*model.dataset));
    return model.specification.likelihood.kind == LikelihoodKind::exact ? 8.0 * n * n : 150.0 * n;
}

/// Moments in the transformed scale → those of the variable.
void carry_back(const ValueTransform& transform, Vector& mean, Vector& variance) {
#pragma omp parallel for schedule(static) if (mean.size() > 256)
    for (Index i = 0; i < mean.size(); ++i) {
        const OriginalMoments moments = transform.moments(mean(i), variance(i));
        mean(i) = moments.mean;
        variance(i) = moments.variance;
    }
}

/// τ² of the noise at points, m.
Vector noise_variance(const KrigingSystem& system, const ModelState& model, const SiteFeatures& at) {
    Vector noise = Vector::Constant(at.deformed.rows(),
                                    system.partial_sill() * std::exp(model.log_nugget_ratio));
    if (at.log_scale.size() > 0) noise.array() *= at.log_scale.array().exp();
    if (at.log_noise.size() > 0) noise.array() *= at.log_noise.array().exp();
    return noise;
}

/// Points whose prediction is not finite hold NaN.
Prediction summarised(const PredictiveDistribution& d, const PredictOptions& options) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const auto q = static_cast<Index>(options.quantiles.size());
    const auto t = static_cast<Index>(options.thresholds.size());
    Prediction p{Vector(d.size()), Vector(d.size()), Matrix(d.size(), q), Matrix(d.size(), t)};
#pragma omp parallel for schedule(static) if (d.size() > 64)
    for (Index i = 0; i < d.size(); ++i) {
        if (!d.known(i)) {
            p.mean(i) = p.variance(i) = unknown;
            p.quantiles.row(i).setConstant(unknown);
            p.exceedance.row(i).setConstant(unknown);
            continue;
        }
        const OriginalMoments moments = d.moments(i);
        p.mean(i) = moments.mean;
        p.variance(i) = moments.variance;
        for (Index k = 0; k < q; ++k)
            p.quantiles(i, k) = d.quantile(i, options.quantiles[static_cast<std::size_t>(k)]);
        for (Index k = 0; k < t; ++k)
            p.exceedance(i, k) = d.exceedance(i, options.thresholds[static_cast<std::size_t>(k)]);
    }
    return p;
}

}  // namespace

/// One vector of parameters; its kriging system may be missing (a draw far out in the tail has no
/// covariance matrix; the others stand for it).
struct Predictor::Draw {
    std::unique_ptr<ModelState> state;
    std::unique_ptr<const KrigingSystem> system;
    bool tried = false;
};

struct Predictor::Parts {
    const FittedModel& model;
    PredictOptions options;
    ThreadCount threads;
    std::vector<Draw> draws;
    bool keep = true;
};

Predictor::Predictor(const FittedModel& model, const PredictOptions& options)
    : parts_(new Parts{model, options, ThreadCount(options.threads), {}, true}) {
    if (const auto problems = options.validate(); !problems.empty())
        throw Error(ErrorCode::bad_input, problems.front());
    const ModelState& fitted = model.state();
    std::vector<Vector> parameters = {fitted.parameters()};
    if (averaged()) parameters = posterior_draws(fitted, options.draws, options.seed);
    for (const Vector& theta : parameters) {
        Draw draw;
        draw.state = std::make_unique<ModelState>(fitted);
        draw.state->set_parameters(theta);
        parts_->draws.push_back(std::move(draw));
    }
    parts_->keep =
        bytes_of_system(fitted) * static_cast<double>(parameters.size()) <= most_bytes_kept;
}

Predictor::~Predictor() = default;

bool Predictor::with_student_noise() const {
    return has_student_noise(parts_->model.specification()) &&
           parts_->options.target == PredictionTarget::observation;
}

bool Predictor::averaged() const {
    return parts_->options.averaged && parts_->model.has_posterior();
}

int Predictor::for_each_draw(const Points& x_in_geographic, const Matrix& covariates,
                             const DrawSink& sink, const std::function<void(double)>& fraction,
                             const std::stop_token& stop) {
    if (!x_in_geographic.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be predicted has a coordinate that is no number.");
    const ModelState& fitted = parts_->model.state();
    const bool student = with_student_noise();
    const bool of_observation = !student && parts_->options.target == PredictionTarget::observation;
    const Index m = x_in_geographic.rows();
    const std::vector<int> realisation =
        realisation_of_points(*fitted.dataset, parts_->options.realisations, m);
    // Points of many realisations together, so that each one's system is made once.
    const Index chunk =
        parts_->options.realisations.size() > 1 ? std::max<Index>(16'384, chunk_of(fitted)) : chunk_of(fitted);
    const Points x = fitted.standardisation.standardised(x_in_geographic);
    const Matrix trend =
        trend_of(fitted, x, covariates);
    Vector mean, variance;
    int used = 0;
    for (std::size_t k = 0; k < parts_->draws.size(); ++k) {
        throw_if_cancelled(stop);
        Draw& draw = parts_->draws[k];
        if (!draw.system && !draw.tried) {
            draw.system = draw.state->kriging_system();
            draw.tried = !draw.system;
        }
        if (!draw.system) continue;
        for (Index first = 0; first < m; first += chunk) {
            throw_if_cancelled(stop);
            const Index count = std::min(chunk, m - first);
            SiteFeatures at =
                features_at(*draw.state, x.middleRows(first, count),
                            covariates.rows() == m ? Matrix(covariates.middleRows(first, count)) : Matrix());
            if (!realisation.empty())
                at.realisation.assign(realisation.begin() + first, realisation.begin() + first + count);
            draw.system->predict(at, trend.middleRows(first, count), of_observation, mean, variance);
            sink(used, first, mean, variance,
                 student ? noise_variance(*draw.system, *draw.state, at) : Vector());
            if (fraction)
                fraction((static_cast<double>(k) +
                          static_cast<double>(first + count) / static_cast<double>(m)) /
                         static_cast<double>(parts_->draws.size()));
        }
        ++used;
        if (!parts_->keep) draw.system.reset();
    }
    if (used == 0)
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of the sites could not be factorised.",
                    "Average duplicated sites, or fit again with a larger nugget.");
    return used;
}

PredictiveDistribution Predictor::distribution(const Points& x_in_geographic,
                                               const Matrix& covariates,
                                               const std::function<void(double)>& fraction,
                                               const std::stop_token& stop) {
    const Index m = x_in_geographic.rows();
    const auto draws = static_cast<Index>(parts_->draws.size());
    if (16.0 * static_cast<double>(m) * static_cast<double>(draws) > available_memory_bytes())
        throw Error(ErrorCode::out_of_memory,
                    "The distributions at " + std::to_string(m) + " points do not fit in memory.",
                    "Predict fewer points at a time, or with fewer draws.");
    const bool student = with_student_noise();
    Matrix means(m, draws), variances(m, draws), noises(student ? m : 0, draws);
    const int used = for_each_draw(
        x_in_geographic, covariates,
        [&](int k, Index first, const Vector& mean, const Vector& variance, const Vector& noise) {
            if (student) noises.col(k).segment(first, mean.size()) = noise;
            means.col(k).segment(first, mean.size()) = mean;
            variances.col(k).segment(first, mean.size()) = variance;
        },
        fraction, stop);
    means.conservativeResize(Eigen::NoChange, used);
    variances.conservativeResize(Eigen::NoChange, used);
    if (student) {
        noises.conservativeResize(Eigen::NoChange, used);
        return {std::move(means), std::move(variances), std::move(noises),
                student_mixture(parts_->model.specification().degrees_of_freedom),
                parts_->model.state().transform};
    }
    return {std::move(means), std::move(variances), parts_->model.state().transform};
}

Prediction Predictor::predict(const Points& x_in_geographic, const Matrix& covariates,
                              const std::function<void(double)>& fraction,
                              const std::stop_token& stop) {
    const PredictOptions& options = parts_->options;
    const Index m = x_in_geographic.rows();
    if (!options.quantiles.empty() || !options.thresholds.empty())
        return summarised(distribution(x_in_geographic, covariates, fraction, stop), options);
    const auto& transform = parts_->model.state().transform;
    const bool student = with_student_noise();
    if (student && transform)  // the mixture's moments, carried back part by part
        return summarised(distribution(x_in_geographic, covariates, fraction, stop), options);
    const double nu = parts_->model.specification().degrees_of_freedom;
    Prediction sum{Vector::Zero(m), Vector::Zero(m), {}, {}};
    Vector squares = Vector::Zero(m), centre = Vector::Zero(m);
    const int used = for_each_draw(
        x_in_geographic, covariates,
        [&](int k, Index first, const Vector& y_mean, const Vector& y_variance, const Vector& noise) {
            const Index count = y_mean.size();
            Vector mean = y_mean, variance = y_variance;
            if (student) variance += nu / (nu - 2.0) * noise;
            if (transform) carry_back(*transform, mean, variance);
            // Squares about the first draw's means, so that large means cost no digits.
            if (k == 0) centre.segment(first, count) = mean;
            mean -= centre.segment(first, count);
            sum.mean.segment(first, count) += mean;
            sum.variance.segment(first, count) += variance;
            squares.segment(first, count) += mean.cwiseAbs2();
        },
        fraction, stop);
    // Moments of the mixture: the mean of the means; the mean of the variances plus the variance of
    // the means.
    sum.mean /= used;
    sum.variance = sum.variance / used + (squares / used - sum.mean.cwiseAbs2()).cwiseMax(0.0);
    sum.mean += centre;
    return sum;
}

}  // namespace anamorph
