// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/covariance/isotropic_covariance.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/low_rank_factor.h"

namespace anamorph {

/// The likelihood of the predictive process, with or without the FITC correction of its variances:
/// the covariance C = AᵀA + D of LowRankFactor in place of R + η diag(noise_scale).
///
/// Memory n·k, work n·k². The inducing sites are the auxiliary points: their features are given to
/// evaluate, SiteFeatures::auxiliary k×(d + local_count()), deformed coordinates and beside them what
/// the covariance needs besides (SiteFeatures::local), and the gradient with respect to them returned
/// in the same columns. With G = ½(C⁻¹ − aaᵀ/σ̂²), Ĝ = G (less
/// its diagonal for FITC) and P = K_vv⁻¹K_vu:
///   ∂/∂K_vu = 2 P Ĝ,  ∂/∂K_vv = −P Ĝ Pᵀ,
/// both without C⁻¹, since A C⁻¹ = M⁻¹A D⁻¹ and A C⁻¹Aᵀ = I − M⁻¹. Where every site is an inducing
/// site the FITC likelihood is the exact one, to the jitter of K_vv.
class PredictiveProcessLikelihood final : public Likelihood {
public:
    struct Options {
        bool fitc = true;
        bool move_inducing = false;  ///< the inducing sites are parameters of the fit
    };

    /// `inducing`: k×d, in the coordinates that the deformation takes.
    /// @throws Error(dimension_mismatch | bad_input)
    PredictiveProcessLikelihood(Observations observations, PairCovariancePointer covariance,
                                Points inducing, Options options, double jitter = 1e-8);
    PredictiveProcessLikelihood(Observations observations, Smoothness smoothness, Points inducing,
                                Options options, double jitter = 1e-8)
        : PredictiveProcessLikelihood(std::move(observations), matern_covariance(smoothness),
                                      std::move(inducing), options, jitter) {}

    /// `features.auxiliary` must be filled. @throws Error(dimension_mismatch)
    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    [[nodiscard]] Points auxiliary_points() const override { return inducing_; }
    [[nodiscard]] bool auxiliary_points_free() const override { return options_.move_inducing; }
    [[nodiscard]] bool replace_values(const Vector& values) override {
        if (values.size() != data_.values.size()) return false;
        data_.values = values;
        return true;
    }
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

private:
    bool solve_trend(ProfiledValue& out);
    [[nodiscard]] bool has_inducing_features(const SiteFeatures& features) const;
    void contract_gradient(const SiteFeatures& features, ProfiledValue& out);
    void contract_inducing(const Points& inducing, const Matrix& weights, Matrix& d_inducing,
                           Vector& d_natural) const;
    Matrix inducing_weights(const Matrix& weighted, const Vector& dual_projection,
                            double sill) const;
    void fill_diagonal_terms(const SiteFeatures& features, ProfiledValue& out) const;

    Observations data_;
    PairCovariancePointer covariance_;
    Points inducing_;
    Options options_;
    double jitter_;
    LowRankFactor factor_;
    Matrix scaled_;     // n×(1+q): e^{−l/2}[z, H]
    Matrix projected_;  // k×(1+q): A C⁻¹ scaled_
    Matrix weights_;    // n×(1+q): C⁻¹ scaled_
    Vector scale_;      // e^{l/2}, n
    Vector residual_;   // y
    Vector dual_;       // a = C⁻¹y
    Vector noise_;      // noise scale of each site, n
    Vector precision_;  // diagonal of C⁻¹, n
    Matrix trend_information_inverse_;
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
