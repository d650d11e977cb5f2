// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/types.h"
#include "core/covariance/pair_covariance.h"

namespace anamorph {

/// Pairs of one point with sites that do not lie next to each other in memory: their features are
/// gathered, and derivatives by them spread again. For one thread; kept between rows, it allocates
/// nothing once it has held the longest.
class GatheredRow {
public:
    using Columns = std::vector<const double*>;  ///< features of sites, as feature_columns gives them

    /// Point `own` of one table of features with the sites row[0 … count − 1] of another.
    void gather(const Columns& own_table, Index own, const Columns& table, const std::int32_t* row,
                Index count);
    /// Squared distances in the first d features (the deformed coordinates), `count` numbers.
    void squared_distances(Index d, double* s) const;
    void correlations(const PairCovariance& covariance, double* rho) const;
    /// Adds weight[p] ∂ρ_p to the rows of g (sites×features), those of both tables being the same
    /// sites, and to the derivatives by the covariance's natural parameters.
    void pull_back(const PairCovariance& covariance, const double* weight, Matrix& g, double* d_natural);

private:
    [[nodiscard]] PairRow row() const;

    Index own_ = 0, count_ = 0;
    const std::int32_t* rows_ = nullptr;
    std::vector<double> values_, adjoint_;      // feature by feature, count_ each
    std::vector<double> own_values_, own_adjoint_;
    std::vector<const double*> own_pointers_, pointers_;
    std::vector<double*> d_own_pointers_, d_pointers_;
};

}  // namespace anamorph
