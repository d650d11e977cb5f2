// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/covariance/isotropic_correlation.h"
#include "core/covariance/symmetric_exponential.h"

namespace anamorph {

/// A correlation with its own geometric anisotropy: ρ(|B δ|), B = exp(S), S symmetric, for
/// differences δ of deformed coordinates. Natural parameters: [shape | M row by row], M = BᵀB.
class MetricStructure {
public:
    /// `entries`: the d(d+1)/2 entries of S (symmetric_from_entries).
    MetricStructure(IsotropicCorrelationPointer correlation, int dimension, const Vector& entries);

    [[nodiscard]] const IsotropicCorrelation& correlation() const { return *correlation_; }
    [[nodiscard]] Index natural_count() const { return shapes_ + dimension_ * dimension_; }
    [[nodiscard]] Index entry_count() const { return dimension_ * (dimension_ + 1) / 2; }

    /// ρ of `count` pairs (at most pair_block), δ given axis by axis.
    void value(const double* const* delta, Index count, double* rho) const;
    /// The adjoint: adds weight ∂ρ to the derivatives by δ and by the natural parameters.
    void pull_back(const double* const* delta, const double* weight, Index count,
                   double* const* d_delta, double* d_natural) const;
    /// Derivatives by the entries of S, given those by M (d² numbers).
    [[nodiscard]] Vector by_entries(const double* d_metric) const;

    [[nodiscard]] const Vector& entries() const { return entries_; }
    [[nodiscard]] Matrix stretch() const;  ///< B
    /// How the entries of a structure's S are called, after a prefix: "log inverse range along axis 1".
    [[nodiscard]] static std::vector<std::string> entry_names(const std::string& prefix, int dimension);

private:
    void squared_distances(const double* const* delta, Index count, double* s) const;

    IsotropicCorrelationPointer correlation_;
    int dimension_;
    Index shapes_;
    Vector entries_;
    SymmetricExponential metric_;  // exp(2S)
};

}  // namespace anamorph
