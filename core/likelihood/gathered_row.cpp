// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/gathered_row.h"

#include <algorithm>

namespace anamorph {

void GatheredRow::gather(const Columns& own_table, Index own, const Columns& table,
                         const std::int32_t* row, Index count) {
    own_ = own;
    count_ = count;
    rows_ = row;
    const std::size_t features = table.size(), each = static_cast<std::size_t>(count);
    if (values_.size() < features * each) {
        values_.resize(features * each);
        adjoint_.resize(features * each);
    }
    own_values_.resize(features);
    own_adjoint_.resize(features);
    own_pointers_.resize(features);
    pointers_.resize(features);
    d_own_pointers_.resize(features);
    d_pointers_.resize(features);
    for (std::size_t f = 0; f < features; ++f) {
        double* to = values_.data() + f * each;
        const double* from = table[f];
        for (std::size_t p = 0; p < each; ++p) to[p] = from[row[p]];
        own_values_[f] = own_table[f][own];
        own_pointers_[f] = own_values_.data() + f;
        pointers_[f] = to;
        d_own_pointers_[f] = own_adjoint_.data() + f;
        d_pointers_[f] = adjoint_.data() + f * each;
    }
}

PairRow GatheredRow::row() const {
    return {own_pointers_.data(), pointers_.data(), count_, 1, static_cast<int>(pointers_.size())};
}

void GatheredRow::squared_distances(Index d, double* s) const {
    std::fill_n(s, count_, 0.0);
    for (Index f = 0; f < d; ++f) {
        const double own = own_values_[static_cast<std::size_t>(f)];
        const double* x = pointers_[static_cast<std::size_t>(f)];
        for (Index p = 0; p < count_; ++p) s[p] += (x[p] - own) * (x[p] - own);
    }
}

void GatheredRow::correlations(const PairCovariance& covariance, double* rho) const {
    if (count_ > 0) covariance.correlations(row(), rho);
}

void GatheredRow::pull_back(const PairCovariance& covariance, const double* weight, Matrix& g,
                            double* d_natural) {
    if (count_ == 0) return;
    const auto each = static_cast<std::size_t>(count_);
    std::fill_n(adjoint_.data(), pointers_.size() * each, 0.0);
    std::fill(own_adjoint_.begin(), own_adjoint_.end(), 0.0);
    covariance.pull_back(row(), weight, d_own_pointers_.data(), d_pointers_.data(), d_natural);
    for (std::size_t f = 0; f < pointers_.size(); ++f) {
        double* column = g.col(static_cast<Index>(f)).data();
        const double* from = d_pointers_[f];
        for (std::size_t p = 0; p < each; ++p) column[rows_[p]] += from[p];
        column[own_] += own_adjoint_[f];
    }
}

}  // namespace anamorph
