// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/data/spatial_dataset.h"
#include "core/deformation/deformation.h"
#include "core/covariance/pair_covariance.h"
#include "core/deformation/spatial_basis.h"
#include "core/fit/fitted_model.h"
#include "core/fit/standardisation.h"
#include "core/likelihood/conditioning_sets.h"
#include "core/likelihood/likelihood.h"
#include "core/predict/kriging_system.h"

namespace anamorph {

class ValueTransform;

/// How deformed coordinates (units of the range, any orientation) become those that are shown:
/// u_shown = scale · U rotationᵀ + shift, with mean |det J| = 1 over the data's extent.
struct Alignment {
    double scale = 1.0;  ///< length of one range, coordinate unit
    Matrix rotation;     ///< d×d, a rotation (Procrustes, sites onto sites)
    Vector shift;        ///< d
};

/// Everything that a FittedModel holds. Parameters θ are laid out as
/// [deformation | log η | coefficients | log-scale | log-noise | kernel field], the coefficients being
/// those of the pair covariance or of the SPDE; U = f(standardised x) has range 1.
class ModelState {
public:
    std::shared_ptr<const SpatialDataset> dataset;
    ModelSpecification specification;  ///< resolved
    Standardisation standardisation;
    std::unique_ptr<Deformation> deformation;
    double log_nugget_ratio = 0.0;
    PairCovariancePointer covariance;  ///< at its starting coefficients
    Vector coefficients;  ///< SiteFeatures::coefficients: of the covariance, or the SPDE's κ(x), H(x)
    std::shared_ptr<const SpatialBasis> log_scale_basis;  ///< of l(x); null: none
    Vector log_scale_coefficients;
    std::shared_ptr<const SpatialBasis> log_noise_basis;  ///< of t(x), log τ²(x) beside l; null: none
    Vector log_noise_coefficients;
    /// Local features of the pair covariance: values of this basis times the kernel coefficients
    /// (basis×local_count, column by column), or, without coefficients, the square roots of the
    /// basis's values, which are then weights of regions. Null: the covariance needs none.
    std::shared_ptr<const SpatialBasis> local_basis;
    Vector kernel_coefficients;
    std::shared_ptr<const ValueTransform> transform;  ///< null: none
    /// Where the fit left the likelihood's auxiliary points (inducing sites), k×d standardised; empty
    /// where the likelihood places them itself. They belong to the approximation, not to θ.
    Points auxiliary_points;

    /// Student noise: the weight of each site's nugget that its residual gives, n; empty: Gaussian.
    Vector noise_weights;
    /// Several realisations: the place of the one that predictions are conditioned on.
    int realisation = 0;

    /// The sites that the fit uses (a well-spread subset of very many); null: all.
    std::shared_ptr<const std::vector<Index>> rows;
    /// The likelihood's conditioning sets among the fitted sites, frozen for this model; null until
    /// the first fit and where the likelihood has none.
    std::shared_ptr<const ConditioningSets> conditioning;

    double partial_sill = 0.0;
    Vector trend_coefficients;  ///< of trend_matrix
    LossParts loss;
    Vector leave_one_out_residuals;
    Alignment alignment;

    Matrix hessian;  ///< of the objective at θ̂; empty: no posterior
    double criterion = std::numeric_limits<double>::quiet_NaN();
    double effective_parameters = 0.0;

    TrainingHistory history;
    Termination termination = Termination::converged;
    int iterations = 0;
    int evaluations = 0;
    double seconds = 0.0;
    std::vector<std::string> warnings;

    ModelState() = default;
    ModelState(const ModelState& other);
    ModelState(ModelState&&) = default;
    ModelState& operator=(const ModelState&) = delete;
    ModelState& operator=(ModelState&&) = default;

    [[nodiscard]] Index parameter_count() const;
    [[nodiscard]] Index fitted_site_count() const;
    [[nodiscard]] Vector parameters() const;
    void set_parameters(const Vector& theta);  ///< @throws Error(dimension_mismatch)

    /// Features of standardised points: U, l, t and the covariance's local features.
    [[nodiscard]] SiteFeatures features(const Points& x_standardised) const;
    /// The covariance at the coefficients that were estimated.
    [[nodiscard]] PairCovariancePointer covariance_at_estimate() const;
    /// Local features from the local basis's values (m×basis), m×local_count.
    [[nodiscard]] Matrix local_features(const Matrix& basis_values) const;
    /// z, H and weights of the data.
    [[nodiscard]] Observations observations() const;
    /// The likelihood's options with lengths in standardised coordinates.
    [[nodiscard]] LikelihoodOptions likelihood_options() const;
    /// The data's distribution at the current parameters; null where the covariance matrix cannot be
    /// factorised. @throws Error(out_of_memory | unsupported)
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(double jitter = 1e-8) const;
    /// Chooses the conditioning sets anew in the current deformed space (Vecchia only).
    void refresh_conditioning();
    /// Recomputes `alignment` for the current deformation.
    void align();
};

/// A model of the class and size that `specification` describes (smoothness and log-scale
/// resolved), at its starting point: identity-like, range a third of the half-width, η = 0.1.
/// @throws Error(bad_input | unsupported)
[[nodiscard]] ModelState make_model(std::shared_ptr<const SpatialDataset> dataset,
                                    const ModelSpecification& specification, std::uint64_t seed);

/// Takes over what `from` has in common: scale, anisotropy, nugget, velocity field, log-scale.
void start_from(ModelState& model, const ModelState& from);

}  // namespace anamorph
