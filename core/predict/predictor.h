// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/predict/kriging.h"

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

    [[nodiscard]] bool averaged() const;

private:
    struct Draw;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace anamorph
