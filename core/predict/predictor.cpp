// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/predictor.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/fit/laplace.h"
#include "core/fit/model_state.h"
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
    const auto n = static_cast<double>(model.dataset->size());
    return model.specification.likelihood.kind == LikelihoodKind::exact ? 8.0 * n * n : 150.0 * n;
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
    if (options.draws < 2 || options.draws > 1000)
        throw Error(ErrorCode::bad_input, "The number of posterior draws must lie between 2 and 1000.");
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

bool Predictor::averaged() const {
    return parts_->options.averaged && parts_->model.has_posterior();
}

Prediction Predictor::predict(const Points& x_in_geographic, const Matrix& covariates,
                              const std::function<void(double)>& fraction,
                              const std::stop_token& stop) {
    if (!x_in_geographic.allFinite())
        throw Error(ErrorCode::not_finite, "A point to be predicted has a coordinate that is no number.");
    const ModelState& fitted = parts_->model.state();
    const bool of_observation = parts_->options.target == PredictionTarget::observation;
    const Index m = x_in_geographic.rows(), chunk = chunk_of(fitted);
    const Points x = fitted.standardisation.standardised(x_in_geographic);
    const Matrix trend =
        trend_matrix(fitted.specification.trend, fitted.standardisation, x, covariates);
    Prediction sum{Vector::Zero(m), Vector::Zero(m)};
    Vector squares = Vector::Zero(m), mean, variance;
    int used = 0;
    for (std::size_t k = 0; k < parts_->draws.size(); ++k) {
        throw_if_cancelled(stop);
        Draw& draw = parts_->draws[k];
        if (!draw.system && !draw.tried) {
            draw.system = draw.state->kriging_system();
            draw.tried = !draw.system;
        }
        if (!draw.system) continue;
        ++used;
        for (Index first = 0; first < m; first += chunk) {
            throw_if_cancelled(stop);
            const Index count = std::min(chunk, m - first);
            draw.system->predict(draw.state->features(x.middleRows(first, count)),
                                 trend.middleRows(first, count), of_observation, mean, variance);
            sum.mean.segment(first, count) += mean;
            sum.variance.segment(first, count) += variance;
            squares.segment(first, count) += mean.cwiseAbs2();
            if (fraction)
                fraction((static_cast<double>(k) +
                          static_cast<double>(first + count) / static_cast<double>(m)) /
                         static_cast<double>(parts_->draws.size()));
        }
        if (!parts_->keep) draw.system.reset();
    }
    if (used == 0)
        throw Error(ErrorCode::not_positive_definite,
                    "The covariance matrix of the sites could not be factorised.",
                    "Average duplicated sites, or fit again with a larger nugget.");
    // Moments of the mixture: the mean of the means; the mean of the variances plus the variance of
    // the means.
    sum.mean /= used;
    sum.variance = sum.variance / used + (squares / used - sum.mean.cwiseAbs2()).cwiseMax(0.0);
    return sum;
}

}  // namespace anamorph
