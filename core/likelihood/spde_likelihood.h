// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"
#include "core/likelihood/mesh.h"
#include "core/likelihood/mesh_projection.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/likelihood/spde_precision.h"
#include "core/likelihood/spde_variation.h"

namespace anamorph {

/// The likelihood of a Matérn field as a Gaussian Markov field on a mesh (Lindgren, Rue and
/// Lindström 2011, J. R. Stat. Soc. B 73:423).
///
/// The mesh covers the sites and a border in geographic space; its vertices are the auxiliary
/// points, and the deformation moves them: the stationary operator on the moved mesh is the
/// non-stationary one in geographic space. Values between vertices are linear in geographic space,
/// so A is constant. With Q of SpdePrecision (unit variance, κ = 1: range 1 in feature units),
/// D = η diag(noise_scale) + jitter and y = e^{−l/2}(z − Hβ̂):
///   C = A Q⁻¹ Aᵀ + D,   W = Q + AᵀD⁻¹A,   C⁻¹ = D⁻¹ − D⁻¹ A W⁻¹ Aᵀ D⁻¹,
///   log|C| = log|W| − log|Q| + log|D|,
/// and, m = W⁻¹AᵀD⁻¹y, ∂(−log p) = ½ tr[(W⁻¹ − Q⁻¹ + m mᵀ/σ²) ∂Q], for which the selected inverses
/// (Takahashi, Fagan and Chin 1973) suffice. The smoothness follows from α and d: spde_smoothness.
///
/// A field of ν = 1/2 is so rough that the mesh loses a share of its variance in proportion to its
/// edge. There the variance that is missing at a site, 1 − aᵢᵀQ⁻¹aᵢ where positive, joins D as an
/// independent part, as in the FITC correction of low-rank fields.
///
/// With `spde_basis` the operator's coefficients vary in space besides: SiteFeatures::coefficients
/// are the weights of SpdeVariation (empty: all zero).
class SpdeLikelihood final : public Likelihood {
public:
    /// `sites` n×d in the coordinates that the deformation takes; of the options, the mesh's and α.
    /// @throws Error(unsupported) for an α or smoothness that the SPDE does not have in d
    /// dimensions; errors of Mesh; Error(dimension_mismatch | out_of_memory).
    SpdeLikelihood(Observations observations, Smoothness smoothness,
                   const LikelihoodOptions& options, const Points& sites, double jitter = 1e-8);
    /// On the mesh of other sites, `domain` (k×d), which `sites` lie among: the same mesh for several
    /// realisations.
    SpdeLikelihood(Observations observations, Smoothness smoothness,
                   const LikelihoodOptions& options, const Points& sites, const Points& domain,
                   double jitter);

    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    [[nodiscard]] bool replace_values(const Vector& values) override;
    [[nodiscard]] Points auxiliary_points() const override { return fixed_->mesh.vertices(); }
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

    [[nodiscard]] const Mesh& mesh() const { return fixed_->mesh; }
    /// How κ and H vary; null where they are constant.
    [[nodiscard]] const SpdeVariation* variation() const { return fixed_->variation.get(); }
    /// Correlation of the field at `at` (m×d) with that at `site` (1×d), both in geographic space:
    /// m; empty where the precision matrix cannot be factorised, 0 outside the mesh.
    [[nodiscard]] Vector correlation(const SiteFeatures& features, const Points& site,
                                     const Points& at) const;

private:
    /// What clones share.
    struct Fixed {
        Fixed(Observations data, const LikelihoodOptions& options, const Points& sites,
              const Points& domain, double jitter);
        Observations data;
        double jitter;
        bool completed;  // ν = 1/2: the missing variance is added
        Mesh mesh;
        MeshProjection sites;
        std::shared_ptr<const SpdePattern> pattern;
        std::unique_ptr<const SpdeVariation> variation;  // null: constant coefficients
        std::vector<std::array<std::int32_t, 10>> place;  // of a site's pairs of vertices in Q
    };
    SpdeLikelihood(const SpdeLikelihood& other);

    bool assemble(const SiteFeatures& features);
    bool factorise(const SiteFeatures& features, double log_nugget_ratio);
    Vector between_sites(const Vector& weights) const;
    Vector diagonal_at_sites(const Vector& matrix) const;
    bool solve_trend(ProfiledValue& out);
    void contract_gradient(const SiteFeatures& features, ProfiledValue& out);

    std::shared_ptr<const Fixed> fixed_;
    Vector values_;          // z, n
    SpdePrecision precision_;
    SparseCholesky factor_;  // of W
    SparseCholesky prior_;   // of Q, where the missing variance is added
    ElementCoefficients coefficients_;  // of the last evaluation, where they vary
    Vector noise_;           // D, n
    Vector missing_;         // of the field's variance at the sites, n; empty: not added
    Vector scale_;           // e^{l/2}, n
    Matrix scaled_;          // n×(1+q): e^{−l/2}[z, H]
    Matrix posterior_;       // k×(1+q): W⁻¹AᵀD⁻¹ scaled_
    Matrix weights_;         // n×(1+q): C⁻¹ scaled_
    Vector residual_, dual_; // y, C⁻¹y
    Vector mean_;            // m = W⁻¹AᵀD⁻¹y, k
    Matrix trend_information_inverse_;  // (HᵀC⁻¹H)⁻¹, q×q
};

}  // namespace anamorph
