// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/smoothness.h"
#include "core/likelihood/site_features.h"

namespace anamorph {

class KrigingSystem;
struct ConditioningSets;

/// What every likelihood needs of the data: Z = Hβ + e^{l/2}(Y + ε).
struct Observations {
    Vector values;       ///< n
    Matrix trend;        ///< H, n×q, q may be 0
    Vector noise_scale;  ///< n: nugget variance of site i is τ²·noise_scale(i); 1 unless weighted
    std::vector<int> realisation = {};  ///< n places of realisations, as in SiteFeatures; empty: one
};

/// −log p(Z | U) with β and σ² profiled, and its gradient. η = τ²/σ² is the nugget ratio.
struct ProfiledValue {
    double negative_log_likelihood = 0.0;  ///< nats
    double partial_sill = 0.0;             ///< σ̂²
    double quadratic_form = 0.0;           ///< yᵀC⁻¹y/σ²; n where σ² is profiled
    Vector trend_coefficients;             ///< β̂, q
    Points d_deformed;                     ///< n×d
    Matrix d_local;                        ///< n×local_count, or empty
    Points d_auxiliary;                    ///< k×d: with respect to SiteFeatures::auxiliary
    Vector d_log_scale;                    ///< n, or empty
    Vector d_log_noise;                    ///< n, or empty
    Vector d_coefficients;                 ///< with respect to SiteFeatures::coefficients, or empty
    double d_log_nugget_ratio = 0.0;
    Vector leave_one_out_residual;         ///< standardised, n (universal kriging, parameters fixed)
    Vector leave_one_out_variance;         ///< predictive variance of an observation, n
};

/// −log p with β, σ² profiled, its gradient and Fisher's information by (log scale of the
/// coordinates, log η), σ² eliminated.
struct CovarianceStep {
    double negative_log_likelihood = 0.0;
    double partial_sill = 0.0;
    Vector trend_coefficients;
    Eigen::Vector2d gradient;
    Eigen::Matrix2d information;
};

/// The likelihood, exact or one of its approximations, written against features: any spatial map
/// goes with any of them. Not thread-safe: it owns its workspace; clone it for each thread.
class Likelihood {
public:
    virtual ~Likelihood() = default;

    /// False if the covariance matrix could not be factorised or a number was not finite; `out` is
    /// then unspecified. Without `gradient` only value, σ̂², β̂ and the quadratic form are filled.
    [[nodiscard]] virtual bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                        bool gradient, ProfiledValue& out) = 0;
    /// For Fisher scoring of the covariance parameters; false where this likelihood has no such pass
    /// or as for `evaluate`.
    [[nodiscard]] virtual bool covariance_step(const SiteFeatures& /*features*/,
                                               double /*log_nugget_ratio*/,
                                               CovarianceStep& /*out*/) {
        return false;
    }
    /// A copy with its own workspace. What stays fixed while a class of models is fitted (ordering,
    /// conditioning sets, sparsity pattern, mesh) is shared.
    [[nodiscard]] virtual std::unique_ptr<Likelihood> clone() const = 0;

    /// Freezes the conditioning sets, where the likelihood has them; otherwise nothing happens.
    /// Without this call they are chosen at the first evaluation and then kept.
    virtual void fix_conditioning(std::shared_ptr<const ConditioningSets> /*sets*/) {}
    /// The conditioning sets in use, chosen now from `features` if there are none yet; null where the
    /// likelihood has no such thing.
    [[nodiscard]] virtual std::shared_ptr<const ConditioningSets> conditioning(
        const SiteFeatures& /*features*/) {
        return nullptr;
    }
    /// From now on only the terms of these sites (each once) are summed, times `whole` / their
    /// number: an unbiased estimate of a sum of `whole` terms, where the likelihood is a sum of
    /// terms; otherwise nothing happens. Empty: all again.
    virtual void restrict_to_terms(const std::vector<std::int32_t>& /*sites*/, double /*whole*/) {}

    /// Points beside the sites whose features the likelihood needs too (mesh vertices, inducing
    /// sites): k×d in the coordinates that the deformation takes; none by default.
    [[nodiscard]] virtual Points auxiliary_points() const { return {}; }
    /// True where the auxiliary points are to be moved by the fit: their coordinates are then
    /// parameters of the objective (`auxiliary_points` gives where they start).
    [[nodiscard]] virtual bool auxiliary_points_free() const { return false; }

    /// Takes other values (n) at the same sites, keeping all that depends on the sites alone. False
    /// where the likelihood cannot; it is then unchanged.
    [[nodiscard]] virtual bool replace_values(const Vector& /*values*/) { return false; }

    /// The distribution of the field given the data at these features and this nugget ratio, σ² and
    /// β at their estimates (or σ² as fixed); null where the matrix could not be factorised.
    [[nodiscard]] virtual std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const = 0;

    /// From now on σ² is the given value instead of its maximum-likelihood estimate: value and
    /// gradient are those of −log p at this σ². 0: profiled again.
    void fix_partial_sill(double partial_sill) { fixed_partial_sill_ = partial_sill; }

protected:
    double fixed_partial_sill_ = 0.0;  ///< 0: profiled
};

}  // namespace anamorph
