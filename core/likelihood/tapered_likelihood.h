// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/likelihood/likelihood.h"
#include "core/likelihood/likelihood_options.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/likelihood/tapered_covariance.h"

namespace anamorph {

/// The likelihood with covariance tapering in deformed space: C = (R + η diag(noise_scale) +
/// jitter·I) ∘ T, sparse, R of any pair covariance, T a Wendland taper (see `TaperRange` for its range). With y the residual
/// e^{−l/2}(z − Hβ̂) and a weight matrix W,
///   −log p = n/2 (log σ̂² + 1 + log 2π) + ½ log|C| + ½ Σ l,   σ̂² = yᵀWy/n,
/// β̂ by generalised least squares with W:
///   one taper   W = C⁻¹       the likelihood of the tapered field (Furrer, Genton, Nychka 2006);
///   two tapers  W = C⁻¹ ∘ T   unbiased estimating equations (Kaufman, Schervish, Nychka 2008, eq. 7).
///
/// Gradient, with C⁻¹ on the pattern of C by the selected inverse, all sums over that pattern:
///   d(−log p) = Σ G dC + Σ H dT,   G = ½(C⁻¹ − P/σ̂²),
/// one taper P = C⁻¹yyᵀC⁻¹, H = 0; two tapers P = C⁻¹(T∘yyᵀ)C⁻¹, on the pattern by differentiating
/// the selected inverse, H = ½ C⁻¹∘yyᵀ/σ̂². T depends on U also through the sites' spread in deformed
/// space, which scales its range.
///
/// The pattern holds the pairs in range and some beyond; it and its analysis are kept, and shared by
/// clones, as long as they hold the pairs in range. Leave-one-out figures are those of kriging with
/// the tapered covariance in both forms (the diagonal of C⁻¹; Dubrule 1983).
class TaperedLikelihood final : public Likelihood {
public:
    /// `sites` n×d in the coordinates whose unit options.taper_range has.
    /// @throws Error(dimension_mismatch | unsupported | bad_input | not_finite)
    TaperedLikelihood(Observations observations, PairCovariancePointer covariance,
                      const LikelihoodOptions& options, const Points& sites, double jitter = 1e-8);
    TaperedLikelihood(Observations observations, Smoothness smoothness,
                      const LikelihoodOptions& options, const Points& sites, double jitter = 1e-8)
        : TaperedLikelihood(std::move(observations), matern_covariance(smoothness), options, sites, jitter) {}

    /// False also where a deformation brings too many pairs into range; at the first evaluation that
    /// is an error. @throws Error(out_of_memory)
    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    [[nodiscard]] bool replace_values(const Vector& values) override {
        if (values.size() != data_.values.size()) return false;
        data_.values = values;
        return true;
    }
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

    [[nodiscard]] double taper_range() const { return range_.range; }
    /// How often the pattern was analysed since construction.
    [[nodiscard]] int analyses() const { return analyses_; }

private:
    TaperedLikelihood(const TaperedLikelihood& other);
    void analyse(const Points& scaled);
    void ensure_pattern(const Points& deformed);
    [[nodiscard]] bool solve_trend(ProfiledValue& out);
    void find_second_taper(const SiteFeatures& features);
    void contract_gradient(const SiteFeatures& features, ProfiledValue& out);
    void leave_one_out(ProfiledValue& out) const;

    Observations data_;
    TaperForm form_;
    double jitter_;
    TaperRange range_;
    TaperedCovariance tapered_;
    std::optional<SparseCholesky> cholesky_;
    Points analysed_at_;  // scaled coordinates at which the pattern was made
    int analyses_ = 0;

    Vector noise_;      // noise scale of each site
    Vector diagonal_;   // of C
    Vector inverse_;    // C⁻¹ on the pattern
    Vector second_;     // two tapers: C⁻¹ ∘ T on the pattern
    Vector scale_;      // e^{l/2}, n
    Matrix scaled_;     // n×(1+q): e^{−l/2}[z, H]
    Matrix weights_;    // W scaled_
    Matrix solved_;     // C⁻¹ scaled_
    Vector residual_;   // y
    Vector dual_;       // W y
    double nugget_ratio_ = 0.0;
};

}  // namespace anamorph
