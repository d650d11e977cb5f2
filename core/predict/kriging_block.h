// SPDX-License-Identifier: GPL-3.0-or-later
// Kriging of one point a lane with the block that Vecchia's likelihood uses. For the translation
// units of kriging_kernels_*.cpp only, each of which defines one table of kernels.
#pragma once

#include "core/likelihood/vecchia_block.h"
#include "core/predict/kriging_kernels.h"

namespace anamorph::ANAMORPH_ISA {

/// Reads points first … first + used − 1 and their neighbours into the block, the point last.
/// d = 0: the features of a covariance object.
template <int d>
inline void gather_points(const KrigingSets& in, std::int64_t first, int used, Block& b) {
    const int m = in.neighbour_count, numbers = d > 0 ? d : in.dimension;
    int count[lanes], longest = 0, shortest = m;
    for (int l = 0; l < lanes; ++l) {
        const std::int32_t* list = in.neighbours + (first + (l < used ? l : 0)) * m;
        int c = 0;
        while (c < m && list[c] >= 0) ++c;
        count[l] = c;
        longest = c > longest ? c : longest;
        shortest = c < shortest ? c : shortest;
    }
    const int k = (longest + 4) / 4 * 4;
    b.size = k;
    b.dummies = k - 1 - longest;
    b.ragged = shortest != longest;
    for (int l = 0; l < lanes; ++l) {
        const std::int64_t point = first + (l < used ? l : 0);
        const std::int32_t* list = in.neighbours + point * m;
        const double* own = in.points + point * numbers;
        for (int i = 0; i < k; ++i) {
            const int place = k - 2 - i;  // nearest records next to the point
            const bool exists = i < k - 1 && place < count[l];
            const double* record =
                exists ? in.records + static_cast<std::int64_t>(list[place]) * (numbers + 1) : own;
            b.site[i][l] = exists ? place : i == k - 1 ? m : -1;
            for (int a = 0; a < numbers; ++a) b.x[a][i][l] = record[a];
            b.noise[i][l] = exists ? record[numbers] : 0.0;
        }
    }
}

/// With the point last in C = LLᵀ and w = L⁻ᵀe_last: b = −w/w_last without the last entry, and the
/// variance is the last pivot (less the jitter, which is no part of the point's own variance).
template <int d, int nu>
bool kriging_weights(const KrigingSets& in, std::int64_t count, double* weights,
                     double* variances) {
    Block b(in.neighbour_count);
    Lanes w[largest_set];
    VecchiaSites diagonal;
    diagonal.nugget_ratio = in.nugget_ratio;
    diagonal.jitter = in.jitter;
    diagonal.covariance = in.covariance;
    diagonal.features = in.dimension;
    const int m = in.neighbour_count;
    for (std::int64_t first = 0; first < count; first += lanes) {
        const int used = count - first < lanes ? static_cast<int>(count - first) : lanes;
        gather_points<d>(in, first, used, b);
        correlate<d, nu, false>(diagonal, b);
        factorise(b);
        if (!b.sound) return false;
        const int k = b.size;
        for (int i = 0; i < k; ++i) w[i] = Lanes{};
        w[k - 1] = all(1.0);
        solve_backward(b, w);
        const Lanes own = b.factor[row(k - 1) + k - 1];  // 1/L_last,last
        const Lanes pivot = 1.0 / (own * own), per_own = -1.0 / w[k - 1];
        for (int l = 0; l < used; ++l) variances[first + l] = pivot[l] - in.jitter;
        double* rows = weights + first * m;
        for (std::int64_t i = 0; i < static_cast<std::int64_t>(used) * m; ++i) rows[i] = 0.0;
        for (int i = b.dummies; i < k - 1; ++i) {
            const Lanes t = w[i] * per_own;
            for (int l = 0; l < used; ++l)
                if (b.site[i][l] >= 0) rows[l * m + b.site[i][l]] = t[l];
        }
    }
    return true;
}

template <int d>
inline bool kriging_weights_of_dimension(const KrigingSets& in, std::int64_t count,
                                         double* weights, double* variances) {
    switch (in.smoothness) {
        case Smoothness::half: return kriging_weights<d, 1>(in, count, weights, variances);
        case Smoothness::three_halves: return kriging_weights<d, 3>(in, count, weights, variances);
        case Smoothness::five_halves: return kriging_weights<d, 5>(in, count, weights, variances);
        case Smoothness::infinite: return kriging_weights<d, 0>(in, count, weights, variances);
        default: return false;
    }
}

inline bool all_kriging_weights(const KrigingSets& in, std::int64_t count, double* weights,
                                double* variances) {
    if (in.covariance != nullptr) return kriging_weights<0, 0>(in, count, weights, variances);
    switch (in.dimension) {
        case 1: return kriging_weights_of_dimension<1>(in, count, weights, variances);
        case 2: return kriging_weights_of_dimension<2>(in, count, weights, variances);
        case 3: return kriging_weights_of_dimension<3>(in, count, weights, variances);
        default: return false;
    }
}

}  // namespace anamorph::ANAMORPH_ISA
