// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

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
};

/// The mean h(x)ᵀβ, β by generalised least squares.
enum class Trend { none, constant, linear, covariates };

/// Whether variance and nugget vary smoothly together: Z = hβ + exp(l(x)/2)(Y(f(x)) + ε).
enum class LogScale { no, yes, automatic };

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
    Smoothness smoothness = Smoothness::automatic;
    Trend trend = Trend::constant;

    LikelihoodOptions likelihood;  ///< exact or an approximation

    double design_weight = 0.0;  ///< δ ≥ 0; 0 is the conditional likelihood (default)
    DesignTerm design_term = DesignTerm::coherent;
    BaseDensity base_density = BaseDensity::uniform;

    int basis_size = 6;               ///< velocity field: m of its m^d Gaussian centres
    double ridge = 30.0;              ///< velocity field: λ of the penalty λ Σ|w|²
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
/// A label for people: "velocity field + log-scale", "anisotropic", …
[[nodiscard]] std::string model_label(DeformationKind kind, bool log_scale);

}  // namespace anamorph
