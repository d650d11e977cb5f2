// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/likelihood/likelihood.h"
#include "core/likelihood/shared_places.h"

namespace anamorph {

/// How the likelihood of one realisation is made, whichever kind it is.
struct RealisationLikelihoods {
    /// Of one realisation's observations at its sites (n_r×d).
    std::function<std::unique_ptr<Likelihood>(Observations, const Points& sites)> single;
    /// Of a group that shares a factorisation, its rows numbered within the observations; null where
    /// the likelihood cannot share.
    std::function<std::unique_ptr<Likelihood>(Observations, SharedPlaces)> shared;
};

/// The likelihood of independent realisations of one field under one spatial map: the sum of their
/// likelihoods, with β of its own for each (ProfiledValue::trend_coefficients holds q for each of 0 … R−1,
/// one after the other, zero for those without rows) and one σ² profiled over all, σ̂² = Σ_r Q_r / n.
/// Any likelihood serves for the realisations; those that can share a factorisation do.
///
/// Two passes where there is more than one part: Q_r of each, then value and gradient at σ̂². Parts
/// are evaluated in parallel. Auxiliary points are common to all.
class RealisationsLikelihood final : public Likelihood {
public:
    /// `observations.realisation` says which realisation each row is of; `sites` n×d.
    /// @throws Error(dimension_mismatch) and what the realisations' likelihoods throw.
    RealisationsLikelihood(Observations observations, const Points& sites,
                           RealisationLikelihoods make);
    RealisationsLikelihood(const RealisationsLikelihood& other);

    [[nodiscard]] bool evaluate(const SiteFeatures& features, double log_nugget_ratio,
                                bool gradient, ProfiledValue& out) override;
    [[nodiscard]] std::unique_ptr<Likelihood> clone() const override;
    void fix_conditioning(std::shared_ptr<const ConditioningSets> sets) override;
    [[nodiscard]] std::shared_ptr<const ConditioningSets> conditioning(
        const SiteFeatures& features) override;
    [[nodiscard]] Points auxiliary_points() const override;
    [[nodiscard]] bool auxiliary_points_free() const override;
    [[nodiscard]] bool replace_values(const Vector& values) override;
    /// Kriging of each point from the realisation that the point's features name (the last one where
    /// they name none), at the σ² of all.
    [[nodiscard]] std::unique_ptr<const KrigingSystem> kriging_system(
        const SiteFeatures& features, double log_nugget_ratio) const override;

    /// Groups that share a factorisation now.
    [[nodiscard]] int shared_groups() const;

private:
    struct Part {
        std::vector<Index> rows;
        std::vector<int> realisations;
        std::unique_ptr<Likelihood> likelihood;
        SharedPlaces group;  ///< of rows of the whole; without places where nothing is shared
    };
    struct Fixed;

    void add_single(int realisation);
    void separate(const SiteFeatures& features);
    /// Calls f(part, its features) for each part, in parallel; false where one was false.
    template <class F>
    [[nodiscard]] bool over_parts(const SiteFeatures& features, const F& f);
    void collect(const std::vector<ProfiledValue>& values, const SiteFeatures& features,
                 bool gradient, ProfiledValue& out) const;

    std::shared_ptr<const Fixed> fixed_;
    Vector values_;  ///< z, n
    std::vector<Part> parts_;
    std::shared_ptr<const ConditioningSets> sets_;
};

}  // namespace anamorph
