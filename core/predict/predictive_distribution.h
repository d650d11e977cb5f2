// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/data/value_transform.h"
#include "core/predict/noise_mixture.h"

namespace anamorph {

/// What is predicted at m points, as a whole distribution: in the scale in which the field is Gaussian
/// an equal mixture of K normal distributions (one for each draw of the parameters; K = 1 for plug-in
/// estimates), carried to the measured variable by the inverse of the model's transform. An observation
/// with Student noise is the sum of such a signal and of t noise, whose mixture of normal distributions
/// (NoiseMixture) multiplies the parts.
class PredictiveDistribution {
public:
    /// Means and variances m×K, transformed scale; `transform` null: that is the variable itself.
    /// @throws Error(dimension_mismatch)
    PredictiveDistribution(Matrix means, Matrix variances,
                           std::shared_ptr<const ValueTransform> transform);
    /// With Student noise: variances of the signal, squared scales τ² of the noise (m×K), and the
    /// mixture that stands for its distribution.
    PredictiveDistribution(Matrix means, Matrix variances, Matrix noise, NoiseMixture mixture,
                           std::shared_ptr<const ValueTransform> transform);

    [[nodiscard]] Index size() const { return means_.rows(); }
    /// False where a mean or a variance of point i is not a finite number; nothing below may then be
    /// asked of the point.
    [[nodiscard]] bool known(Index i) const {
        return means_.row(i).allFinite() && variances_.row(i).allFinite();
    }

    /// The same with one normal distribution of the mixture's mean and variance in the transformed
    /// scale instead of the mixture.
    [[nodiscard]] PredictiveDistribution matched() const;

    /// Mean and variance of the variable at point i.
    [[nodiscard]] OriginalMoments moments(Index i) const;
    /// The value that the variable stays below with probability p, 0 < p < 1.
    [[nodiscard]] double quantile(Index i, double p) const;
    /// Probability that the variable is above a threshold.
    [[nodiscard]] double exceedance(Index i, double threshold) const;
    /// log p(z): −∞ where the transform has no such value.
    [[nodiscard]] double log_density(Index i, double z) const;
    /// Continuous ranked probability score ∫ (F(t) − 1{t ≥ z})² dt (Gneiting and Raftery 2007, JASA
    /// 102:359), by Gauss–Legendre panels on both sides of z.
    [[nodiscard]] double crps(Index i, double z) const;

private:
    /// One normal distribution of the mixture.
    struct Part {
        double mean, deviation, share;
    };
    [[nodiscard]] std::vector<Part> parts(Index i) const;
    [[nodiscard]] static double cdf(const std::vector<Part>& parts, double y);
    [[nodiscard]] static double crps_of_mixture(const std::vector<Part>& parts, double z);
    [[nodiscard]] double inverse(double y) const { return transform_ ? transform_->inverse(y) : y; }
    [[nodiscard]] double forward(double z) const { return transform_ ? transform_->forward(z) : z; }
    /// dz/dy; 0 where the inverse is constant.
    [[nodiscard]] double inverse_slope(double y) const;

    Matrix means_, variances_;  // m×K; of the signal where there is noise apart
    Matrix noise_;              // m×K, or empty
    NoiseMixture mixture_;
    std::shared_ptr<const ValueTransform> transform_;
};

}  // namespace anamorph
