// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/predict/kriging_kernels.h"

#include <algorithm>

#include "core/covariance/pair_covariance.h"

namespace anamorph {

extern const KrigingKernels kriging_kernels_plain;
#ifdef ANAMORPH_X86_KERNELS
extern const KrigingKernels kriging_kernels_avx512;
extern const KrigingKernels kriging_kernels_avx2;
#endif

void set_covariance(KrigingSets& sets, const PairCovariance& covariance) {
    const auto closed = covariance.closed_form();
    if (closed && *closed != Smoothness::one && sets.dimension <= 3)
        sets.smoothness = *closed;
    else
        sets.covariance = &covariance;
}

KrigingKernelList all_kriging_kernels() {
    KrigingKernelList list{};
#ifdef ANAMORPH_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        list.kernels[list.count++] = &kriging_kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        list.kernels[list.count++] = &kriging_kernels_avx2;
#endif
    list.kernels[list.count++] = &kriging_kernels_plain;
    return list;
}

const KrigingKernels& kriging_kernels() {
    static const KrigingKernels& fastest = *all_kriging_kernels().kernels[0];
    return fastest;
}

void kriging_weights(const KrigingSets& sets, std::int64_t count, double* weights,
                     double* variances) {
    if (kriging_kernels().weights(sets, count, weights, variances)) return;
    KrigingSets part = sets;
    if (count > 1) {  // find the points that are at fault
        const std::int64_t half = count / 2;
        kriging_weights(sets, half, weights, variances);
        part.points += half * sets.dimension;
        part.neighbours += half * sets.neighbour_count;
        kriging_weights(part, count - half, weights + half * sets.neighbour_count, variances + half);
        return;
    }
    for (part.jitter = std::max(part.jitter, 1e-10); part.jitter < 1.0; part.jitter *= 100.0)
        if (kriging_kernels().weights(part, 1, weights, variances)) return;
    // Coordinates that are no numbers: nothing is known of this point.
    std::fill(weights, weights + sets.neighbour_count, 0.0);
    variances[0] = 1.0;
}

}  // namespace anamorph
