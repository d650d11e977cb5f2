// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/fit/model_state.h"
#include "core/fit/observer.h"
#include "core/likelihood/conditioning_sets.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

/// Which part of the data an objective sees; by default all of it.
struct ObjectiveScope {
    std::vector<Index> rows;   ///< sites that are fitted; empty: those of the model
    bool score_others = true;  ///< the other sites are held out and scored
    /// Conditioning sets among `rows` (numbered by their place there); null: chosen at the first
    /// evaluation, or the model's own where all sites are fitted.
    std::shared_ptr<const ConditioningSets> conditioning;
    /// Likelihoods that are sums of terms: places in `rows` whose terms are summed, and how many terms
    /// they stand for. Empty: all.
    std::vector<std::int32_t> terms;
    double whole = 0.0;
    double partial_sill = 0.0;  ///< σ² is this instead of its estimate; 0: profiled
    Vector trend_coefficients;  ///< β is this instead of its estimate; empty: profiled
};

/// The objective of a fit as a function of
/// θ = [deformation | log η | coefficients c | log-scale v | log-noise t | kernel field w]:
///   −log p(Z|X) − δ log p(X) + regulariser of the deformation + (log η + 3)²/8
///   + (c's Gaussian prior) + 2|v|² + 2|t|² + 2|w|²,
/// β and σ² profiled; p(Z|X) is the density of the measured values, transformed or not. Where the likelihood's auxiliary points are free, their coordinates may follow
/// in θ (point by point within an axis); a θ without them leaves the points where they are.
/// Not thread-safe; clone for each thread.
class Objective {
public:
    explicit Objective(const ModelState& model, ObjectiveScope scope = {});
    Objective(const Objective& other);
    ~Objective();

    /// Of the model, without auxiliary points.
    [[nodiscard]] Index parameter_count() const { return model_.parameter_count(); }
    /// θ where the model and, if they are free, the auxiliary points stand.
    [[nodiscard]] Vector start() const;
    /// Puts θ, with the auxiliary points if it has them, into a model.
    void put(const Vector& theta, ModelState& model) const;

    /// Value and gradient; false where the model cannot be evaluated (not positive definite, not
    /// finite, coordinates beyond 1e6 ranges).
    [[nodiscard]] bool evaluate(const Vector& theta, double& value, Vector& gradient);

    /// Value, gradient and Fisher's information where θ is (log scale, log η) alone: stationary models
    /// of Vecchia's likelihood. False as `evaluate`, and where this is another model.
    [[nodiscard]] bool scoring_step(const Vector& theta, double& value, Vector& gradient,
                                    Matrix& information);
    [[nodiscard]] bool allows_scoring() const;

    // Of the last successful evaluation:
    [[nodiscard]] const LossParts& parts() const { return parts_; }
    [[nodiscard]] const ProfiledValue& profiled() const { return profiled_; }
    [[nodiscard]] double log_det_range() const { return log_det_range_; }
    /// Mean negative log predictive density of held-out sites, or leave-one-out without any.
    [[nodiscard]] double held_out_score() const;

    /// Precision of the Gaussian prior of each parameter (0: none, or too weak to count).
    [[nodiscard]] Vector prior_precision() const;
    [[nodiscard]] const ModelState& model() const { return model_; }
    [[nodiscard]] int evaluations() const { return evaluations_; }
    /// The conditioning sets in use at the model's parameters; null where the likelihood has none.
    [[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning();

private:
    double design_term(const DeformationTape& tape, Points& d_deformed, Vector& d_log_det,
                       Vector& d_parameters) const;

    void add_field_terms(Vector& gradient);
    /// Mean of log dy/dz over some sites; 0 without a transform.
    [[nodiscard]] double mean_log_derivative(const std::vector<Index>& rows) const;
    /// All of the data's covariates of some sites.
    [[nodiscard]] Matrix covariates_of(const std::vector<Index>& rows) const;

    ModelState model_;
    std::unique_ptr<Likelihood> likelihood_;
    Points sites_;        // fitted sites, standardised
    Places places_;       // where they lie; empty where they are one realisation: as sites_
    Points auxiliary_;    // the likelihood's auxiliary points, standardised; may be empty
    Matrix auxiliary_values_;  // of the local basis there; may be empty
    bool auxiliary_free_ = false;
    Points extent_;       // a grid over the extent, for the uniform base density
    Matrix log_scale_values_, log_noise_values_, local_values_;  // of their bases at the sites
    Vector coefficient_mean_, coefficient_precision_;
    std::vector<Index> rows_, held_out_;
    Vector values_;
    double mean_log_derivative_ = 0.0;  // of the fitted sites
    double log_jacobian_ = 0.0;  // Σ log dy/dz of the transform (the density is that of the original values), less Student noise's penalty
    ProfiledValue profiled_;
    LossParts parts_;
    double log_det_range_ = 0.0;
    int evaluations_ = 0;
};

}  // namespace anamorph
