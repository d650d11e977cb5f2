// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over the pairs of a row, for the implementations of PairCovariance.
#pragma once

#include <algorithm>

#include "core/base/types.h"
#include "core/covariance/pair_kernel.h"

namespace anamorph {

/// Pairs handled together, on the stack; a multiple of every period.
inline constexpr Index pair_block = 512;

/// Calls f.template operator()<period>() for the periods that occur, so that inner loops have a
/// fixed length.
template <class F>
void with_period(std::int64_t period, const F& f) {
    switch (period) {
        case 1: return f.template operator()<1>();
        case 2: return f.template operator()<2>();
        case 4: return f.template operator()<4>();
        default: return f.template operator()<8>();
    }
}

/// Calls f(row part, first, count) for blocks of at most pair_block pairs.
template <class F>
void over_blocks(std::int64_t count, const F& f) {
    for (Index first = 0; first < count; first += pair_block)
        f(first, std::min<Index>(pair_block, count - first));
}

/// difference[p] = others[p] − own[p mod period].
template <int period>
void subtract_own(const double* others, const double* own, Index count, double* difference) {
    if constexpr (period == 1) {
        const double x = own[0];
        for (Index p = 0; p < count; ++p) difference[p] = others[p] - x;
    } else {
        for (Index p = 0; p < count; p += period)
            for (int l = 0; l < period; ++l) difference[p + l] = others[p + l] - own[l];
    }
}

/// own[p mod period] += sign · x[p].
template <int period>
void add_to_own(const double* x, Index count, double sign, double* own) {
    if constexpr (period == 1) {
        double sum = 0.0;
#pragma omp simd reduction(+ : sum)
        for (Index p = 0; p < count; ++p) sum += x[p];
        own[0] += sign * sum;
    } else {
        for (Index p = 0; p < count; p += period)
            for (int l = 0; l < period; ++l) own[l] += sign * x[p + l];
    }
}

/// δ = U_others − U_own of a block of pairs, axis by axis, for up to four coordinates; or the
/// derivatives by it.
struct PairDifferences {
    double data[4][pair_block];
    double* axes[4] = {data[0], data[1], data[2], data[3]};

    template <int period>
    void read(const PairRow& row, int d, Index first, Index count) {
        for (int f = 0; f < d; ++f)
            subtract_own<period>(row.others[f] + first, row.own[f], count, data[f]);
    }
    void clear(int d, Index count) {
        for (int f = 0; f < d; ++f) std::fill_n(data[f], count, 0.0);
    }
    template <int period>
    void add_to(int d, Index first, Index count, double* const* d_own, double* const* d_others) {
        for (int f = 0; f < d; ++f) {
            for (Index p = 0; p < count; ++p) d_others[f][first + p] += data[f][p];
            add_to_own<period>(data[f], count, -1.0, d_own[f]);
        }
    }
};

}  // namespace anamorph
