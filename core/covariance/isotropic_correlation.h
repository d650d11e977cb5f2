// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/correlation_family.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// An isotropic correlation ρ at range 1 as a function of the squared distance s, with its shape
/// parameters (none for most). Immutable.
class IsotropicCorrelation {
public:
    virtual ~IsotropicCorrelation() = default;

    /// ρ of `count` squared distances; in place allowed.
    virtual void value(const double* squared_distance, Index count, double* rho) const = 0;
    /// dρ/ds; in place allowed. Where it is −∞ at s = 0, distances below 1e-7 count as 1e-7.
    virtual void derivative(const double* squared_distance, Index count, double* derivative) const = 0;
    /// ∂ρ/∂shape_k of `count` squared distances, k after k: shape().size()×count.
    virtual void shape_derivatives(const double* /*squared_distance*/, Index /*count*/,
                                   double* /*derivatives*/) const {}

    /// Shape parameters in a scale without bounds, their prior and what they are.
    [[nodiscard]] virtual Vector shape() const { return {}; }
    [[nodiscard]] virtual std::shared_ptr<const IsotropicCorrelation> with_shape(const Vector& shape) const = 0;
    [[nodiscard]] virtual Vector shape_prior_mean() const { return {}; }
    [[nodiscard]] virtual Vector shape_prior_precision() const { return {}; }
    [[nodiscard]] virtual std::vector<std::string> shape_names() const { return {}; }

    [[nodiscard]] virtual std::optional<Smoothness> closed_form() const { return std::nullopt; }
    [[nodiscard]] virtual double smoothness() const;  ///< ν; NaN where there is none
    [[nodiscard]] virtual std::string label() const = 0;

    [[nodiscard]] double at(double distance) const;
    /// The distance at which ρ = 0.05.
    [[nodiscard]] double practical_range_factor() const;
};

using IsotropicCorrelationPointer = std::shared_ptr<const IsotropicCorrelation>;

/// The correlation of a family at its starting shape; `smoothness` is of the Matérn family:
/// `estimate` (or `automatic`) makes ν a shape parameter.
[[nodiscard]] IsotropicCorrelationPointer make_isotropic_correlation(CorrelationFamily family,
                                                                     Smoothness smoothness);

}  // namespace anamorph
