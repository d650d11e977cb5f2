// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/predict/kriging.h"
#include "core/predict/predictive_distribution.h"

namespace anamorph {

/// A model made ready to predict at one set of points after the other: the posterior draws of its
/// parameters, and their kriging systems where these fit in memory together (they are made anew for
/// each set of points where not).
class Predictor {
public:
    /// `model` must outlive it. Holds the thread count while it lives. @throws Error(bad_input)
    Predictor(const FittedModel& model, const PredictOptions& options);
    ~Predictor();
    Predictor(const Predictor&) = delete;
    Predictor& operator=(const Predictor&) = delete;

    /// As predict_at. `fraction` is told the part that is done, in [0, 1].
    /// @throws Error(dimension_mismatch | not_finite | not_positive_definite | cancelled)
    [[nodiscard]] Prediction predict(const Points& x_in_geographic, const Matrix& covariates,
                                     const std::function<void(double)>& fraction,
                                     const std::stop_token& stop);

    /// The whole distribution at each point; 16 m K bytes with K draws. Errors as predict.
    [[nodiscard]] PredictiveDistribution distribution(const Points& x_in_geographic,
                                                      const Matrix& covariates,
                                                      const std::function<void(double)>& fraction,
                                                      const std::stop_token& stop);

    [[nodiscard]] bool averaged() const;
    /// Whether observations with Student noise are predicted, whose distribution is not normal.
    [[nodiscard]] bool with_student_noise() const;

private:
    /// Gets, for one draw of the parameters, mean and variance in the transformed scale at the points
    /// from `first` on.
    /// Of an observation with Student noise the variance is the signal's, and `noise` the noise's
    /// squared scale τ²; else it is empty.
    using DrawSink = std::function<void(int draw, Index first, const Vector& mean, const Vector& variance,
                                        const Vector& noise)>;
    /// Kriges each draw; how many there were. Draws without a covariance matrix are left out.
    int for_each_draw(const Points& x_in_geographic, const Matrix& covariates, const DrawSink& sink,
                      const std::function<void(double)>& fraction, const std::stop_token& stop);

    struct Draw;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace anamorph
