// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/correlation_family.h"
#include "core/covariance/smoothness.h"
#include "core/likelihood/likelihood_options.h"

namespace anamorph {

/// The spatial map of a model: which deformation sends a site to deformed space.
enum class DeformationKind {
    stationary,      ///< one scale: f(x) = eˢ x
    anisotropic,     ///< full matrix: geometric anisotropy in any direction
    velocity_field,  ///< flow of a smooth velocity field, then a full matrix (the default warp)
    realnvp,         ///< RealNVP couplings with rotated axes, then a full matrix
    radial,          ///< f(x) = o + (x − o)·|x − o|², then one scale
    spline,          ///< couplings of monotone rational-quadratic splines, then a full matrix
    axial,           ///< each coordinate warped on its own, then a full matrix
    radial_basis,    ///< bulges and pinches around a grid of centres, then a full matrix
    mobius,          ///< one Möbius transformation of the plane, then a full matrix
    network,         ///< x + g(x), g a plain network: may fold, which is checked and said
    layers,          ///< the layers of ModelSpecification::layers, then a full matrix
};

/// How the covariance differs from place to place in deformed space.
enum class LocalCovariance {
    same,         ///< not at all: one isotropic correlation
    convolution,  ///< a smooth field of kernel matrices (Paciorek and Schervish 2006)
    partition,    ///< overlapping regions, a stationary model in each, blended (Fuentes 2001)
    segmented,    ///< regions with sharp borders, a stationary model in each
};

/// The mean h(x)ᵀβ, β by generalised least squares.
enum class Trend { none, constant, linear, quadratic, covariates };

/// Number of coefficients of a trend in d coordinates and q covariates.
[[nodiscard]] int trend_coefficient_count(Trend trend, int d, Index q);

/// The values are Gaussian after this transform, whose parameters are estimated from the data.
enum class TransformKind {
    none,
    log,           ///< log(z + shift)
    square_root,   ///< √(z + shift)
    box_cox,       ///< ((z + shift)^λ − 1)/λ, λ by maximum likelihood
    normal_score,  ///< Gaussian anamorphosis: normal quantile of the (declustered) distribution
};

/// Whether variance and nugget vary smoothly together: Z = hβ + exp(l(x)/2)(Y(f(x)) + ε).
enum class LogScale { no, yes, automatic };

/// The distribution of the noise ε.
enum class NoiseKind {
    gaussian,
    student,  ///< Student's t, so that outliers do not bend the model
};

/// What a deformation of space with time bends.
enum class TimeDeformation {
    space_only,  ///< f(x) and a scale of time
    together,    ///< space and time together
};

/// Which design density is used where the design weight δ is positive.
enum class DesignTerm {
    coherent,  ///< log p(X) = Σ log p_u(f(xᵢ)) + log|det J_f(xᵢ)|
    talk,      ///< the talk's variant, Σ log p_u(f(xᵢ)) − log|det J_f(xᵢ)|: density of the deformed sites
};
enum class BaseDensity { uniform, gaussian };

/// What is to be fitted. Parsing and printing use the names of the command line.
struct ModelSpecification {
    DeformationKind deformation = DeformationKind::velocity_field;
    LogScale log_scale = LogScale::automatic;
    std::vector<DeformationKind> layers;  ///< of DeformationKind::layers, first applied first
    LocalCovariance local = LocalCovariance::same;
    CorrelationFamily correlation = CorrelationFamily::matern;
    Smoothness smoothness = Smoothness::automatic;  ///< of the Matérn family
    int structures = 1;  ///< 1 to 3 nested structures, each with its sill, range and anisotropy
    Trend trend = Trend::constant;
    TransformKind transform = TransformKind::none;

    bool varying_nugget = false;  ///< a smooth log τ²(x) of its own, beside the log-scale or without it
    NoiseKind noise = NoiseKind::gaussian;
    double degrees_of_freedom = 4.0;  ///< Student noise: more than 2, at most 100
    /// Covariates (their names) that are one more coordinate of the distance each, with an estimated scale.
    std::vector<std::string> distance_covariates;
    TimeDeformation time_deformation = TimeDeformation::space_only;

    LikelihoodOptions likelihood;  ///< exact or an approximation

    double design_weight = 0.0;  ///< δ ≥ 0; 0 is the conditional likelihood (default)
    DesignTerm design_term = DesignTerm::coherent;
    BaseDensity base_density = BaseDensity::uniform;

    int basis_size = 6;               ///< velocity field: m of its m^d Gaussian centres
    double ridge = 30.0;              ///< velocity field: λ of the penalty λ Σ|w|²
    int fine_basis_size = 0;          ///< velocity field: m of a second, finer level; 0: none
    double fine_ridge = 100.0;        ///< velocity field: λ of the second level
    int added_units = 0;              ///< velocity field: at most so many Gaussians are added where the residuals ask
    double layer_ridge = 3.0;         ///< spline, axial, radial basis, network: ridge of each coefficient
    int regions = 4;                  ///< partition and segments: number of regions, 2 to 8
    /// partition and segments: drawn outlines (k×2 corners each, working coordinates; a hole is entered and
    /// left by a cut, see with_hole); empty: k-means.
    std::vector<Points> region_outlines;
    int kernel_basis = 4;             ///< convolution: m of the m^d Gaussian functions of the kernel field
    bool varying_smoothness = false;  ///< convolution: a smooth ν(x) too, from the kernel field's functions
    int couplings = 8;                ///< RealNVP: number of couplings
    int hidden_width = 16;            ///< RealNVP: width of each coupling's tanh network
    double jacobian_penalty = 10.0;   ///< RealNVP: weight of the penalty on how the Jacobian varies

    /// One sentence for each field that is out of range; empty when all is well.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// Names as on the command line: "stationary", "velocity-field", …  @throws Error(bad_input)
[[nodiscard]] std::string to_string(DeformationKind kind);
[[nodiscard]] std::string to_string(Trend trend);
[[nodiscard]] std::string to_string(LogScale log_scale);     ///< "no", "yes", "auto"
[[nodiscard]] DeformationKind deformation_from_string(const std::string& name);
[[nodiscard]] Trend trend_from_string(const std::string& name);
[[nodiscard]] LogScale log_scale_from_string(const std::string& name);
[[nodiscard]] std::string to_string(LocalCovariance local);  ///< "same", "convolution", …
[[nodiscard]] LocalCovariance local_covariance_from_string(const std::string& name);
[[nodiscard]] std::string to_string(TransformKind transform);  ///< "none", "log", "sqrt", "box-cox", "normal-score"
[[nodiscard]] TransformKind transform_from_string(const std::string& name);

/// The model's name on the command line: that of its deformation ("velocity-field"), of its layers
/// ("axial+radial-basis"), or of its local covariance ("convolution"), which may follow a
/// deformation ("velocity-field+convolution").
[[nodiscard]] std::string model_name(const ModelSpecification& specification);
/// Sets deformation, layers and local covariance from such a name. @throws Error(bad_input)
void set_model(ModelSpecification& specification, const std::string& name);
/// A label for people: "velocity field + log-scale", "anisotropic", …
[[nodiscard]] std::string model_label(const ModelSpecification& specification, bool log_scale);

}  // namespace anamorph
