// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/covariance/pair_covariance.h"
#include "core/likelihood/conditioning_sets.h"
#include "core/likelihood/likelihood.h"
#include "core/likelihood/vecchia_kernels.h"

namespace anamorph {

/// Vecchia's approximation (Vecchia 1988, JRSS B 50:297): the product of the densities of each
/// observation given its m nearest earlier ones. One pass over the conditioning sets gives value and
/// gradient; with m = n − 1 it is the exact likelihood. The nugget is inside the conditionals (the
/// response form).
///
/// β and σ² are profiled by a first pass that collects Σ r_c r_c' over the columns [z, H], r = wᵀ of
/// a column (generalised least squares through the sparse factor of C⁻¹); the gradient's pass uses
/// the residual at β̂, σ̂² (envelope theorem). Leave-one-out values are those of C⁻¹'s Vecchia form at
/// known β: variance σ²/(C⁻¹)ᵢᵢ, residual (C⁻¹y)ᵢ/√(σ²(C⁻¹)ᵢᵢ).
class VecchiaLikelihood final : public Likelihood {
public:
    /// `sites`: n×d, for the ordering. @throws Error(unsupported | dimension_mismatch)
    VecchiaLikelihood(Observations observations, PairCovariancePointer covariance,
                      const LikelihoodOptions& options, const Points& sites, double jitter = 1e-8);
    /// For a Matérn covariance of given smoothness.
    VecchiaLikelihood(Observations observations, Smoothness smoothness,
                      const LikelihoodOptions& options, const Points& sites, double jitter = 1e-8);

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
    void fix_conditioning(std::shared_ptr<const ConditioningSets> sets) override;
    [[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning(
        const SiteFeatures& features) override;
    void restrict_to_terms(const std::vector<std::int32_t>& sites, double whole) override;

    /// One pass over the conditioning sets; closed forms without log-noise only.
    [[nodiscard]] bool covariance_step(const SiteFeatures& features, double log_nugget_ratio,
                                       CovarianceStep& out) override;

private:
    void adopt(std::shared_ptr<const ConditioningSets> sets);
    void fill_records(const SiteFeatures& features, const Matrix& columns);
    [[nodiscard]] VecchiaSites view(double nugget_ratio, int columns) const;
    [[nodiscard]] Index feature_count() const { return sites_->cols() + covariance_->local_count(); }
    /// Takes coefficients, noise and log-scale of the features; false where they are not finite.
    [[nodiscard]] bool take(const SiteFeatures& features);
    [[nodiscard]] bool collect_moments(double nugget_ratio, VecchiaMoments& out) const;
    bool profile(const VecchiaMoments& moments, const SiteFeatures& features, ProfiledValue& out);
    [[nodiscard]] bool gradient_pass(const SiteFeatures& features, double nugget_ratio,
                                     ProfiledValue& out);
    [[nodiscard]] double whole() const;       ///< terms that the sum stands for; n unless restricted
    [[nodiscard]] double term_share() const;  ///< whole / number of terms that are summed
    [[nodiscard]] double half_log_scales(const SiteFeatures& features) const;

    Observations data_;
    PairCovariancePointer covariance_;  ///< at the coefficients of the last evaluation
    Vector noise_;                      ///< noise scale of each site, n
    bool by_object_ = false;            ///< no closed form, more than 3 coordinates, or noise that varies
    LikelihoodOptions options_;
    std::shared_ptr<const Points> sites_;
    double jitter_;
    std::shared_ptr<const ConditioningSets> sets_;
    // The sets in spatial order, so that neighbouring blocks read neighbouring records.
    struct Layout {
        std::vector<std::int32_t> site_of;     ///< place in memory → site
        std::vector<std::int32_t> neighbours;  ///< n×m, by places
        std::vector<std::int32_t> all_terms;   ///< 0 … n − 1
    };
    std::shared_ptr<const Layout> layout_;
    std::vector<std::int32_t> terms_;  ///< places whose terms are summed; empty: all
    double whole_ = 0.0;
    Matrix scaled_;                    ///< n×(1+q): e^{−l/2}[z, H]
    Vector residual_;                  ///< y
    std::vector<double> records_;
};

}  // namespace anamorph
