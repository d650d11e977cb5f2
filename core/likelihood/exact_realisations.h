// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

/// The exact likelihood of several realisations at nearly the same places: the sum of their
/// likelihoods, each with its own β, one σ² profiled over all, from one factorisation of C = R(U) +
/// η diag(noise_scale) + jitter·I over all k places.
///
/// With P = C⁻¹ and a realisation that has rows at the places o and none at m,
///   C_oo⁻¹ = P_oo − P_om P_mm⁻¹ P_mo,   log|C_oo| = log|C| + log|P_mm|
/// (inverse and determinant of a partitioned matrix: Harville 1997, Matrix Algebra from a
/// Statistician's Perspective, sec. 8.5 and 13.3). The weights of the correlations,
///   Σ_r (C_oo⁻¹ − a_r a_rᵀ/σ²), a_r = C_oo⁻¹ y_r,
/// are summed over the realisations before the pairs are visited once. Gradients with respect to the
/// features of a place are shared out equally among its rows, which move together.
class ExactRealisations final : public Likelihood {
public:
    /// `data` are the rows of the group's realisations alone, `group` numbers these rows.
    /// @throws Error(dimension_mismatch | out_of_memory)
    ExactRealisations(Observations data, SharedPlaces group, PairCovariancePointer covariance,
                      double jitter = 1e-8);

    /// trend_coefficients: q for each realisation of the group, one after the other. False also where
    /// rows at one place have different features.
    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    [[nodiscard]] bool replace_values(const Vector& values) override;
    /// Null: kriging is of one realisation, by a likelihood of its own.
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

private:
    bool invert(const SiteFeatures& places);
    bool solve_realisations(ProfiledValue& out, double& half_log_det);
    void contract_gradient(const SiteFeatures& features, const SiteFeatures& places,
                           ProfiledValue& out) const;
    void fill_row_terms(const SiteFeatures& features, ProfiledValue& out) const;

    /// What one realisation adds, from the last evaluation.
    struct Term {
        Matrix reduction;  ///< T = L⁻¹P_m:, P_mm = LLᵀ: C_oo⁻¹ = P_oo − TᵀT on o, |m|×k
        Vector residual, dual;              ///< y, a at its rows
        Matrix weights;                     ///< C_oo⁻¹[z, H] at its rows
        Matrix trend_information_inverse;
    };

    Observations data_;
    SharedPlaces group_;
    PairCovariancePointer covariance_;  ///< at the coefficients of the last evaluation
    double jitter_;
    Matrix inverse_;   ///< C, then P: lower triangle, k×k
    Vector noise_;     ///< of each row, n
    Vector scale_;     ///< e^{l/2} of each row, n
    Matrix scaled_;    ///< e^{−l/2}[z, H], n×(1+q)
    std::vector<Term> terms_;
    double half_log_det_ = 0.0;
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
