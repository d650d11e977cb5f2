// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/types.h"

namespace anamorph {

/// Mean and variance of the original variable.
struct OriginalMoments {
    double mean = 0.0;      ///< value unit
    double variance = 0.0;  ///< value unit squared
};

/// A strictly increasing function y = φ(z) of the measured variable z, after which the field is taken
/// to be Gaussian. Immutable. Its inverse is defined for every y: where φ has a lower bound of its
/// values (√ is never negative), what lies below it comes back as the least z.
///
/// Densities of z are those of y times dy/dz; moments are E[φ⁻¹(Y)] and Var[φ⁻¹(Y)] for Y ~ N(m, v).
class ValueTransform {
public:
    virtual ~ValueTransform() = default;

    /// "log", "sqrt", "box-cox" or "normal-score".
    [[nodiscard]] virtual std::string kind() const = 0;
    /// Everything from_numbers needs to make it again.
    [[nodiscard]] virtual Vector numbers() const = 0;

    /// φ(z); −∞ for z at or below lower_bound().
    [[nodiscard]] virtual double forward(double z) const = 0;
    [[nodiscard]] virtual double inverse(double y) const = 0;
    /// dy/dz at z above lower_bound(); positive.
    [[nodiscard]] virtual double derivative(double z) const = 0;
    /// z is greater than this; −∞ where every number can be transformed.
    [[nodiscard]] virtual double lower_bound() const {
        return -std::numeric_limits<double>::infinity();
    }
    /// Every y at or below this comes back as lower_bound(); −∞ where none does.
    [[nodiscard]] virtual double least_transformed() const {
        return -std::numeric_limits<double>::infinity();
    }
    /// Moments of φ⁻¹(Y), Y ~ N(mean, variance), variance ≥ 0. Gauss–Hermite quadrature with 32
    /// nodes (Gauss–Legendre panels where φ's lower bound is near) unless the transform has formulas of
    /// its own.
    [[nodiscard]] virtual OriginalMoments moments(double mean, double variance) const;
    /// How many numbers were estimated from the values (beside the location and the scale, which the
    /// trend and the sill take up).
    [[nodiscard]] virtual int estimated_count() const = 0;

    /// The formula, "log(z + 0.5)".
    [[nodiscard]] virtual std::string label() const = 0;
    /// One or two sentences: what was chosen from the data, and what is assumed beyond them.
    [[nodiscard]] virtual std::string description() const = 0;
    /// Parameters by name, for reports: {"shift", 0.5}, {"lambda", 0.3}.
    [[nodiscard]] virtual std::vector<std::pair<std::string, double>> parameters() const = 0;

    /// @throws Error(bad_input) for a kind or numbers that make no transform.
    [[nodiscard]] static std::shared_ptr<const ValueTransform> from_numbers(const std::string& kind,
                                                                            const Vector& numbers);
};

/// φ of each value. @throws Error(not_finite | bad_input) naming the first that has no φ(z).
[[nodiscard]] Vector transformed(const ValueTransform& transform, const Vector& values);

/// log dy/dz at each value; their sum is what the log-likelihood of the original values has beside
/// that of the transformed ones. −∞ at values outside the transform's range.
[[nodiscard]] Vector log_derivatives(const ValueTransform& transform, const Vector& values);

/// @throws Error(bad_input | not_finite) where values are missing, infinite or all equal.
void require_transformable(const Vector& values);

}  // namespace anamorph
