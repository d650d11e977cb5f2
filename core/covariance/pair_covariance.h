// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/pair_kernel.h"
#include "core/covariance/smoothness.h"

namespace anamorph {

/// One structure of a nested covariance, or the covariance of one region.
struct CovariancePart {
    std::string label;    ///< "Matérn, ν = 0.5", "region 2"
    double share = 1.0;   ///< of the partial sill; 1 for a region
    Matrix stretch;       ///< B, d×d symmetric: its distance is |B(Uᵢ − Uⱼ)|
    double smoothness = 0.0;  ///< ν; infinity: Gaussian; NaN where the family has none
    double practical_range_factor = 1.0;  ///< distance |B δ| at which its correlation is 0.05
};

/// How two sites with given features are correlated: one half of a model, the spatial map being the
/// other. Every likelihood and every kriging is written against this interface. Unit variance:
/// ρ = 1 for equal features. Immutable; `with` gives the same covariance with other coefficients.
class PairCovariance : public PairKernel {
public:
    /// Numbers that a site needs beside its deformed coordinates (SiteFeatures::local).
    [[nodiscard]] virtual Index local_count() const { return 0; }

    /// Coefficients that are estimated with the model, in a scale without bounds (logarithms).
    [[nodiscard]] virtual Index coefficient_count() const { return coefficients().size(); }
    [[nodiscard]] virtual Vector coefficients() const { return {}; }
    /// @throws Error(dimension_mismatch)
    [[nodiscard]] virtual std::shared_ptr<const PairCovariance> with(const Vector& coefficients) const = 0;
    /// Natural parameters are what derivatives are first taken by, pair for pair, because it is cheap:
    /// the coefficients themselves, or the entries of a matrix that they give. Their number, and the
    /// derivatives by the coefficients from those by the natural parameters.
    [[nodiscard]] virtual Index natural_count() const { return coefficient_count(); }
    [[nodiscard]] virtual Vector by_coefficients(const Vector& d_natural) const { return d_natural; }
    /// Mean and precision of the coefficients' Gaussian prior.
    [[nodiscard]] virtual Vector prior_mean() const { return Vector::Zero(coefficient_count()); }
    [[nodiscard]] virtual Vector prior_precision() const { return Vector::Zero(coefficient_count()); }
    /// What each coefficient is: "log smoothness", "structure 2: log range", …
    [[nodiscard]] virtual std::vector<std::string> coefficient_names() const { return {}; }

    /// The closed form, where this is one isotropic correlation that has one: for the fast kernels
    /// and for the SPDE, whose operator it belongs to.
    [[nodiscard]] virtual std::optional<Smoothness> closed_form() const { return std::nullopt; }
    /// ν, infinity for the Gaussian; NaN where the family has no such parameter.
    [[nodiscard]] virtual double smoothness() const = 0;
    /// The distance at which ρ = 0.05 between sites of unit local features.
    [[nodiscard]] virtual double practical_range_factor() const = 0;
    [[nodiscard]] virtual std::string label() const = 0;  ///< "Matérn, ν = 1.5"

    /// Its parts: the nested structures, or the regions' covariances; empty where there is one.
    [[nodiscard]] virtual std::vector<CovariancePart> parts() const { return {}; }
};

using PairCovariancePointer = std::shared_ptr<const PairCovariance>;

/// The columns of sites' features (deformed n×d, local n×k or empty) as pointers, from row `first`.
[[nodiscard]] std::vector<const double*> feature_columns(const Points& deformed, const Matrix& local,
                                                         Index first = 0);

/// Correlations of sites a (m) with sites b (n): m×n. Parallel over columns.
[[nodiscard]] Matrix cross_correlation(const PairCovariance& covariance, const Points& a_deformed,
                                       const Matrix& a_local, const Points& b_deformed,
                                       const Matrix& b_local);

}  // namespace anamorph
