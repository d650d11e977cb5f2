// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/pair_covariance.h"
#include "core/likelihood/conditioning_sets.h"
#include "core/likelihood/site_features.h"
#include "core/likelihood/sparse_cholesky.h"

namespace anamorph {

/// Vecchia's approximation of the field itself, without nugget: each site's value given those of its
/// conditioning set c, a Gaussian Markov field of precision
///   Q = Σᵢ wᵢwᵢᵀ,   wᵢ the last row of L⁻¹ on the set (conditioning sites, then the site itself),
/// LLᵀ the correlation matrix of the set. The pattern of Q, where each set is a clique, and the
/// place of each set's pairs in it are computed once. Katzfuss and Guinness (2021), Statist. Sci. 36:124.
class LatentConditionals {
public:
    /// @throws Error(out_of_memory)
    explicit LatentConditionals(std::shared_ptr<const ConditioningSets> sets);

    [[nodiscard]] const std::shared_ptr<const ConditioningSets>& sets() const { return sets_; }
    [[nodiscard]] const std::shared_ptr<const SymmetricPattern>& pattern() const { return pattern_; }

    /// Columns wᵢ, (m + 1)×n (zeros where a set is smaller), and ½ log|Q|, for the sites' features
    /// and `jitter` on the diagonal. False if a set's matrix cannot be factorised.
    [[nodiscard]] bool weights(const SiteFeatures& sites, const PairCovariance& covariance, double jitter,
                               Matrix& w, double& half_log_determinant) const;
    /// Q's numbers on the pattern.
    [[nodiscard]] Vector precision(const Matrix& w) const;
    /// Q b for b n×k, from the weights: no cancellation of Q's entries.
    [[nodiscard]] Matrix multiply(const Matrix& w, const Matrix& b) const;

    /// Gradient of E[−log p(Y)] by the sites' features (n×features, deformed coordinates first) and by
    /// the covariance's natural parameters, Y of second moments S + μμᵀ, S given on the pattern: with
    /// M = S + μμᵀ on a set, t = Σ⁻¹Mw and Σ the set's correlation matrix, a set's derivative by Σ is
    ///   −sym(t wᵀ) + ½ (1 + wᵀMw) w wᵀ.
    /// False where a number is not finite.
    [[nodiscard]] bool expected_gradient(const SiteFeatures& sites, const PairCovariance& covariance,
                                         double jitter, const Matrix& w, const Vector& s,
                                         const Vector& mu, Matrix& gradient, Vector& d_natural) const;

private:
    class Set;
    [[nodiscard]] Index size() const { return static_cast<Index>(sets_->order.size()); }
    [[nodiscard]] const std::int32_t* members(Index i) const {
        return members_.data() + static_cast<std::size_t>(i * stride_);
    }
    /// Pairs (a, b), a ≥ b, of a set, column by column: their places in the pattern.
    [[nodiscard]] const std::int32_t* places(Index i) const {
        return places_.data() + static_cast<std::size_t>(i * (stride_ * (stride_ + 1) / 2));
    }
    void build_pattern();

    std::shared_ptr<const ConditioningSets> sets_;
    std::shared_ptr<const SymmetricPattern> pattern_;
    Index stride_ = 0;                   // m + 1
    std::vector<std::int32_t> count_;    // members of each set
    std::vector<std::int32_t> members_;  // n×(m + 1): conditioning sites, then the site itself
    std::vector<std::int32_t> places_;
};

}  // namespace anamorph
