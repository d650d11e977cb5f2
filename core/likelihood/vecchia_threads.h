// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <omp.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>

#include "core/likelihood/vecchia_kernels.h"

// How a pass over the terms of Vecchia's likelihood is shared among threads.
namespace anamorph {

/// Splits `count` sets into one contiguous range a thread, in whole blocks, and calls
/// f(thread, first, count) for each in parallel; false if one of them was false.
template <class F>
bool over_threads(std::int64_t count, int lanes, int threads, const F& f) {
    const std::int64_t blocks = (count + lanes - 1) / lanes;
    bool sound = true;
#pragma omp parallel for schedule(static, 1) num_threads(threads) reduction(&& : sound)
    for (int t = 0; t < threads; ++t) {
        const std::int64_t first = blocks * t / threads * lanes;
        const std::int64_t last = std::min(count, blocks * (t + 1) / threads * lanes);
        if (last > first) sound = f(t, first, last - first) && sound;
    }
    return sound;
}

/// Threads worth their start for so many sets.
inline int threads_for(std::size_t sets) {
    return std::max(1, std::min(omp_get_max_threads(), static_cast<int>(sets / 1000)));
}

/// Adds the moments of one thread to those of all.
inline void add_moments(const VecchiaMoments& part, int columns, VecchiaMoments& sum) {
    sum.log_det += part.log_det;
    for (int i = 0; i < columns * columns; ++i) sum.cross[i] += part.cross[i];
}

using SquareMap = Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>;

}  // namespace anamorph
