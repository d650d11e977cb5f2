// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/value_transform.h"

namespace anamorph {

/// What is added to all values before a logarithm, root or power: 0 where they are all positive;
/// otherwise so much that the least value comes to lie a quarter of its distance from the median (from
/// the mean, where more than half the values are the least one) above zero.
/// @throws Error(bad_input | not_finite) for values that cannot be transformed.
[[nodiscard]] double choose_shift(const Vector& values);

/// y = log(z + shift). Moments of the lognormal: E = e^{m+v/2} − shift, Var = (e^v − 1) e^{2m+v}.
class LogTransform final : public ValueTransform {
public:
    explicit LogTransform(double shift) : shift_(shift) {}
    [[nodiscard]] std::string kind() const override { return "log"; }
    [[nodiscard]] Vector numbers() const override { return Vector::Constant(1, shift_); }
    [[nodiscard]] double forward(double z) const override;
    [[nodiscard]] double inverse(double y) const override;
    [[nodiscard]] double derivative(double z) const override { return 1.0 / (z + shift_); }
    [[nodiscard]] double lower_bound() const override { return -shift_; }
    [[nodiscard]] OriginalMoments moments(double mean, double variance) const override;
    [[nodiscard]] int estimated_count() const override { return shift_ == 0.0 ? 0 : 1; }
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<std::pair<std::string, double>> parameters() const override;

private:
    double shift_;
};

/// y = √(z + shift); z = max(y, 0)² − shift. Moments are those of the square of a Gaussian variable
/// censored at zero.
class SquareRootTransform final : public ValueTransform {
public:
    explicit SquareRootTransform(double shift) : shift_(shift) {}
    [[nodiscard]] std::string kind() const override { return "sqrt"; }
    [[nodiscard]] Vector numbers() const override { return Vector::Constant(1, shift_); }
    [[nodiscard]] double forward(double z) const override;
    [[nodiscard]] double inverse(double y) const override;
    [[nodiscard]] double derivative(double z) const override;
    [[nodiscard]] double lower_bound() const override { return -shift_; }
    [[nodiscard]] double least_transformed() const override { return 0.0; }
    [[nodiscard]] OriginalMoments moments(double mean, double variance) const override;
    [[nodiscard]] int estimated_count() const override { return shift_ == 0.0 ? 0 : 1; }
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<std::pair<std::string, double>> parameters() const override;

private:
    double shift_;
};

/// y = ((z + shift)^λ − 1)/λ, log(z + shift) at λ = 0; 0 ≤ λ ≤ 2. Box and Cox (1964), J. R. Stat.
/// Soc. B 26:211. Negative λ are left out: with them a Gaussian y has no mean of z.
class BoxCoxTransform final : public ValueTransform {
public:
    /// @throws Error(bad_input) for λ outside [0, 2].
    BoxCoxTransform(double shift, double lambda);
    /// λ that maximises the likelihood of values that are independent given a linear trend H (n×q),
    /// −n/2 log(RSS(λ)/n) + (λ − 1) Σ log(zᵢ + shift). @throws Error as choose_shift
    [[nodiscard]] static std::shared_ptr<const BoxCoxTransform> estimated(const Vector& values,
                                                                          const Matrix& trend);
    [[nodiscard]] double lambda() const { return lambda_; }

    [[nodiscard]] std::string kind() const override { return "box-cox"; }
    [[nodiscard]] Vector numbers() const override { return Eigen::Vector2d(shift_, lambda_); }
    [[nodiscard]] double forward(double z) const override;
    [[nodiscard]] double inverse(double y) const override;
    [[nodiscard]] double derivative(double z) const override;
    [[nodiscard]] double lower_bound() const override { return -shift_; }
    [[nodiscard]] double least_transformed() const override;
    [[nodiscard]] OriginalMoments moments(double mean, double variance) const override;
    [[nodiscard]] int estimated_count() const override { return shift_ == 0.0 ? 1 : 2; }
    [[nodiscard]] std::string label() const override;
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<std::pair<std::string, double>> parameters() const override;

private:
    double shift_;
    double lambda_;
};

}  // namespace anamorph
