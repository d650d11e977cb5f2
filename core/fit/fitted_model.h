// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/base/archive.h"
#include "core/base/types.h"
#include "core/data/spatial_dataset.h"
#include "core/fit/observer.h"
#include "core/fit/specification.h"

namespace anamorph {

class Deformation;
class ModelState;

/// Covariance parameters in the user's units, conventions of the README:
/// C(h) = σ² ρ(h/ℓ) + τ² 1{h = 0}, Matérn without √(2ν), h in deformed space scaled so that
/// mean |det J| = 1 over the data's extent: ℓ is in geographic units. With time, |det J| and ℓ are
/// those of space at one time, and the range of time stands beside them. On the sphere h is a chord.
struct CovarianceParameters {
    double partial_sill = 0.0;     ///< σ², value unit squared (at log-scale 0)
    double nugget = 0.0;           ///< τ², a variance, value unit squared (at log-scale 0)
    double range = 0.0;            ///< ℓ, coordinate unit
    double practical_range = 0.0;  ///< distance at which ρ = 0.05, coordinate unit
    double time_range = 0.0;  ///< space with time: ℓ along time, unit of the times; 0 without time
    double practical_time_range = 0.0;  ///< span of time at which ρ = 0.05
    double smoothness = 1.5;       ///< ν; infinity: Gaussian; NaN where the family has none
    std::string covariance;        ///< "Matérn, ν = 1.5", "spherical", …
    /// Further coefficients of the covariance that were estimated, by name (logarithms: "log range").
    std::vector<std::pair<std::string, double>> coefficients;
    Vector trend_coefficients;     ///< β in the user's units: [1], [1, x, y, z] or [1, covariates]
};

/// How the deformation strains space at a point: f maps a small circle to an ellipse. With time, a
/// circle of space at one time; on the sphere, one of its surface, the first axis pointing east.
struct LocalStrain {
    double log_abs_det = 0.0;   ///< log|det J|, mean |det J| over the data's extent is 1
    double major_range = 0.0;   ///< longest local practical range, coordinate unit
    double minor_range = 0.0;   ///< shortest local practical range, coordinate unit
    double major_angle = 0.0;   ///< direction of the longest range, degrees counter-clockwise from the first axis, in [0, 180); two dimensions of space
    double condition = 1.0;     ///< ratio of the principal stretches
};

/// What can be said about the deformation as a map.
struct DeformationCertificate {
    double minimum_det = 1.0;        ///< smallest det J over a fine grid on the data's extent
    double maximum_condition = 1.0;  ///< largest ratio of principal stretches there
    double condition_95 = 1.0;       ///< its 95 % quantile
    double log_det_range = 0.0;      ///< max − min of log|det J|
    double round_trip_error = 0.0;   ///< max |f⁻¹(f(x)) − x|, share of the extent; NaN: no inverse
    bool folds = false;
};

/// A model with its estimates: immutable, self-contained (it shares its data), safe to read from
/// several threads at once.
class FittedModel {
public:
    explicit FittedModel(std::shared_ptr<const ModelState> state);
    ~FittedModel();

    // --- what it is -------------------------------------------------------------------------
    [[nodiscard]] const SpatialDataset& dataset() const;
    /// With deformation, smoothness and log-scale as they were resolved (never `automatic`).
    [[nodiscard]] const ModelSpecification& specification() const;
    [[nodiscard]] bool has_log_scale() const;
    /// "velocity field + log-scale"
    [[nodiscard]] std::string label() const;

    // --- the two spaces ---------------------------------------------------------------------
    /// Deformed coordinates (m×d) of points (m×d, working coordinates): normalised to mean
    /// |det J| = 1 and aligned to geographic space by a Procrustes rotation and shift, so both
    /// spaces have the same unit and nearly the same position.
    [[nodiscard]] Points deformed_from_geographic(const Points& x_in_geographic) const;
    /// Inverse, to 1e-8 of the extent. @throws Error(not_finite) where it does not converge.
    [[nodiscard]] Points geographic_from_deformed(const Points& u_in_deformed) const;
    /// log|det J| of deformed_from_geographic, m; with time or on the sphere that of space (LocalStrain).
    [[nodiscard]] Vector log_abs_det_jacobian(const Points& x_in_geographic) const;
    [[nodiscard]] std::vector<LocalStrain> strain_at(const Points& x_in_geographic) const;
    /// Correlation of Y at `x_in_geographic` (m×d) with Y at one site (1×d): m values in [0, 1].
    [[nodiscard]] Vector correlation_with(const Points& site, const Points& x_in_geographic) const;
    /// The log-scale l at points, mean zero over the sites (all zero without one), m.
    [[nodiscard]] Vector log_scale_at(const Points& x_in_geographic) const;
    [[nodiscard]] DeformationCertificate certificate() const;

    // --- estimates --------------------------------------------------------------------------
    [[nodiscard]] CovarianceParameters parameters() const;
    [[nodiscard]] const LossParts& loss() const;      ///< at the estimate
    [[nodiscard]] double log_likelihood() const;      ///< log p(Z | X), nats
    /// Laplace criterion (−log evidence up to a constant shared by all classes), smaller is better;
    /// NaN where it was not computed.
    [[nodiscard]] double criterion() const;
    [[nodiscard]] bool has_posterior() const;
    [[nodiscard]] int effective_parameters() const;   ///< rounded γ = Σ(1 − 1/eig) + unpenalised
    [[nodiscard]] const TrainingHistory& history() const;
    [[nodiscard]] Termination termination() const;
    [[nodiscard]] int iterations() const;
    [[nodiscard]] int evaluations() const;
    [[nodiscard]] double seconds() const;
    [[nodiscard]] const std::vector<std::string>& warnings() const;
    /// Standardised leave-one-out residuals (n), (zᵢ − ẑ₋ᵢ)/sd₋ᵢ.
    [[nodiscard]] const Vector& leave_one_out_residuals() const;
    /// Leave-one-out predictions ẑ₋ᵢ of the observations (n), value unit; one evaluation of the
    /// likelihood (n³), so not for a window's own thread.
    [[nodiscard]] Vector leave_one_out_predictions() const;

    // --- keeping ----------------------------------------------------------------------------
    /// Everything but the data set.
    [[nodiscard]] Archive to_archive() const;
    /// @throws Error(bad_input) if the archive does not describe a model of this data set.
    [[nodiscard]] static std::shared_ptr<const FittedModel> from_archive(
        const Archive& archive, std::shared_ptr<const SpatialDataset> dataset);

    /// For the core's own use (prediction, posterior).
    [[nodiscard]] const ModelState& state() const { return *state_; }

private:
    std::shared_ptr<const ModelState> state_;
};

}  // namespace anamorph
