// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace anamorph {

/// Pairs of sites in one row: every other site with the row's own one. A site has `features` numbers,
/// first its deformed coordinates (units of the range), then what the covariance needs besides (its
/// local kernel, its weights of regions). Several rows may be interleaved: pair p belongs to own
/// site p mod `period`.
struct PairRow {
    const double* const* own = nullptr;     ///< own[f][p mod period]
    const double* const* others = nullptr;  ///< others[f][p]
    std::int64_t count = 0;                 ///< pairs; a multiple of `period`
    std::int64_t period = 1;                ///< 1, 2, 4 or 8
    int features = 0;                       ///< numbers a site
};

/// Correlations of pairs and their adjoint. Nothing of the standard library: the kernels compiled
/// for each instruction set call it. Const functions are safe to call from several threads.
class PairKernel {
public:
    virtual ~PairKernel() = default;

    /// ρ of each pair; `rho` must not alias the features.
    virtual void correlations(const PairRow& row, double* rho) const = 0;

    /// The adjoint: adds weight[p] ∂ρ_p to the derivatives by the features of the own sites,
    /// d_own[f][p mod period], of the others, d_others[f][p], and by the covariance's natural
    /// parameters (PairCovariance::natural_count).
    virtual void pull_back(const PairRow& row, const double* weight, double* const* d_own,
                           double* const* d_others, double* d_natural) const = 0;
};

}  // namespace anamorph
