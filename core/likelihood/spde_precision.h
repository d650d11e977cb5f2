// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/covariance/smoothness.h"
#include "core/likelihood/finite_elements.h"
#include "core/likelihood/sparse_cholesky.h"

namespace anamorph {

/// ν = α − d/2 of the field that (κ² − Δ)^{α/2} τY = white noise makes: 3/2, 1, 1/2 for α = 2 in
/// one, two, three dimensions, 1/2 for α = 1 in one. @throws Error(unsupported) where ν ≤ 0 or α is
/// neither 1 nor 2.
[[nodiscard]] Smoothness spde_smoothness(int alpha, int dimension);

/// The field's marginal variance, with ν = α − d/2,
///   σ² = Γ(ν) / (Γ(α) (4π)^{d/2} κ^{2ν} τ²),
/// and its correlation is Matérn of range ℓ = 1/κ: ρ(h) = 2^{1−ν}/Γ(ν) (κh)^ν K_ν(κh). Lindgren, Rue
/// and Lindström (2011), J. R. Stat. Soc. B 73:423, sec. 2.1.
/// @throws Error(unsupported) as spde_smoothness.
[[nodiscard]] double spde_marginal_variance(int alpha, int dimension, double kappa, double tau);

/// The τ that gives unit variance at κ = 1.
[[nodiscard]] double spde_unit_tau(int alpha, int dimension);

/// What of the precision matrix depends on the mesh's graph and α alone; shared.
struct SpdePattern {
    SpdePattern(std::shared_ptr<const FiniteElements> elements, int alpha);

    std::shared_ptr<const FiniteElements> elements;
    int alpha;
    std::shared_ptr<const SymmetricPattern> operator_pattern;   ///< K = κ²C̃ + G
    std::shared_ptr<const SymmetricPattern> precision_pattern;  ///< Q
    std::vector<std::int64_t> operator_place;  ///< of each entry of the elements' graph in K's pattern
    std::vector<std::int64_t> mirror;  ///< of each entry (i, j) of the elements' graph: where (j, i) is
    /// Row i of Q, both triangles: columns column[start[i]] …, each with its place in Q's pattern.
    std::vector<std::int64_t> start;
    std::vector<std::int32_t> column, place;
};

/// Precision matrix of the mesh weights of a Matérn field of unit variance and κ = 1 in the space
/// in which the vertices are given (or κ(x), H(x) where coefficients are):
///   α = 2: Q = T K C̃⁻¹ K T,   α = 1: Q = T K T,   T = diag(τ), K = κ²C̃ + G,
/// linear elements, lumped mass (op. cit., sec. 2.3 and appendix C.5). Its determinant and all
/// derivatives need a factor of K only.
class SpdePrecision {
public:
    explicit SpdePrecision(std::shared_ptr<const SpdePattern> pattern);

    /// `vertices`: k×d. `coefficients` null: κ = 1, H = I; else `log_tau` (k) gives τ at the
    /// vertices. False where the mesh has folded or K cannot be factorised.
    [[nodiscard]] bool assemble(const Points& vertices, const ElementCoefficients* coefficients,
                                const Vector& log_tau);

    [[nodiscard]] const SpdePattern& pattern() const { return *pattern_; }
    [[nodiscard]] const Vector& values() const { return values_; }  ///< Q, order of its pattern
    [[nodiscard]] double log_determinant() const { return log_determinant_; }  ///< log|Q|

    /// Gradient of ½ tr(S Q) − ½ log|Q| for a fixed symmetric S, given on Q's pattern, with respect
    /// to the vertices (k×d) and, where there are coefficients, to them and to log τ.
    void pull_back(const Vector& s, const Points& vertices, const ElementCoefficients* coefficients,
                   Points& d_vertices, ElementCoefficients* d_coefficients, Vector& d_log_tau);

private:
    void multiply();
    void differentiate(const Vector& s, ElementMatrices& d, Vector& d_log_tau);

    std::shared_ptr<const SpdePattern> pattern_;
    SparseCholesky factor_;     // of K
    ElementMatrices matrices_;
    Vector operator_;           // K on the elements' graph, both triangles
    Vector tau_;                // at the vertices
    Vector values_;
    double log_determinant_ = 0.0;
};

}  // namespace anamorph
