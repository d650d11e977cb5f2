// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/latent_conditionals.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"
#include "core/likelihood/sparse_cholesky.h"

namespace anamorph {

/// Vecchia's approximation in its latent form: the conditionals are those of the field Y, of
/// precision Q (see LatentConditionals), and the nugget is added to the whole, so that it does not
/// blur the conditionals: C = Q⁻¹ + Λ⁻¹, Λ = diag(1/(η noise_scale)). With W = Q + Λ, sparse:
///   log|C| = −log|Q| − log|Λ| + log|W|,   C⁻¹y = Λ W⁻¹ Q y,
/// and given the data Y has mean μ = y − W⁻¹Qy and covariance σ²W⁻¹. β and σ² are profiled as in the
/// exact likelihood. The gradient is the expectation of the complete data's (Fisher's identity), for
/// which the selected inverse of W holds all second moments: each conditioning set is a clique.
/// With m = n − 1 it is the exact likelihood. Katzfuss and Guinness (2021), Statist. Sci. 36:124;
/// Schäfer, Katzfuss, Owhadi (2021), SIAM J. Sci. Comput. 43:A2019.
///
/// Conditioning sets are chosen at the first evaluation (or given) and then kept, with the analysis
/// of W, which clones share. Beside `evaluate`'s own errors, choosing them may throw
/// Error(out_of_memory) where W's factor would be too large.
class LatentVecchiaLikelihood final : public Likelihood {
public:
    /// `sites`: n×d, for the ordering. @throws Error(dimension_mismatch)
    LatentVecchiaLikelihood(Observations observations, PairCovariancePointer covariance,
                            const LikelihoodOptions& options, const Points& sites,
                            double jitter = 1e-8);
    LatentVecchiaLikelihood(Observations observations, Smoothness smoothness,
                            const LikelihoodOptions& options, const Points& sites,
                            double jitter = 1e-8)
        : LatentVecchiaLikelihood(std::move(observations), matern_covariance(smoothness), options, sites,
                                  jitter) {}

    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;
    /// Null changes nothing. @throws Error(dimension_mismatch | out_of_memory)
    void fix_conditioning(std::shared_ptr<const ConditioningSets> sets) override;
    [[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning(
        const SiteFeatures& features) override;

private:
    LatentVecchiaLikelihood(const LatentVecchiaLikelihood& other);
    [[nodiscard]] bool factorise(const SiteFeatures& features, double nugget_ratio);
    [[nodiscard]] bool solve_trend(ProfiledValue& out);
    [[nodiscard]] bool fill_gradient(const SiteFeatures& features, ProfiledValue& out);

    Observations data_;
    PairCovariancePointer covariance_;
    LikelihoodOptions options_;
    std::shared_ptr<const Points> sites_;
    double jitter_;
    std::shared_ptr<const LatentConditionals> conditionals_;
    std::optional<SparseCholesky> cholesky_;  // of W

    double half_log_determinant_ = 0.0;  // ½ log|Q|
    Matrix conditional_weights_;         // wᵢ
    Vector precision_;                   // Λ's diagonal
    Vector scale_;                       // e^{l/2}, n
    Matrix scaled_;                      // n×(1+q): e^{−l/2}[z, H]
    Matrix missed_;                      // W⁻¹Q scaled_
    Matrix weights_;                     // C⁻¹ scaled_
    Vector residual_;                    // y
    Vector dual_;                        // C⁻¹ y
    Vector latent_mean_;                 // μ
    Matrix trend_information_inverse_;   // (HᵀC⁻¹H)⁻¹, q×q
};

}  // namespace anamorph
