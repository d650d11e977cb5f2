// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

/// Compiled once for each instruction set named and chosen at run time (GCC on x86-64; elsewhere
/// the plain code).
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
#define ANAMORPH_SIMD_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ANAMORPH_SIMD_CLONES
#endif

namespace anamorph {

/// exp(x) for x ≤ 0, written without branches so that compilers vectorise loops over it. Relative
/// error below 4e-16; arguments below −708 give exp(−708). Cody-Waite reduction to |r| ≤ ln2/2 and
/// a Taylor polynomial of degree 13. Not for -ffast-math (the rounding constant would fold).
[[gnu::always_inline]] inline double exp_nonpositive(double x) {
    constexpr double log2_e = 1.4426950408889634;
    constexpr double ln2_high = 6.93147180369123816490e-01;
    constexpr double ln2_low = 1.90821492927058770002e-10;
    constexpr double rounding = 6755399441055744.0;  // 1.5·2^52: adding it rounds to an integer
    x = x < -708.0 ? -708.0 : x;
    const double shifted = x * log2_e + rounding;
    const double k = shifted - rounding;
    const double r = (x - k * ln2_high) - k * ln2_low;
    double p = 1.6059043836821614599e-10;
    p = p * r + 2.0876756987868098979e-9;
    p = p * r + 2.5052108385441718775e-8;
    p = p * r + 2.7557319223985890653e-7;
    p = p * r + 2.7557319223985890653e-6;
    p = p * r + 2.4801587301587301587e-5;
    p = p * r + 1.9841269841269841270e-4;
    p = p * r + 1.3888888888888888889e-3;
    p = p * r + 8.3333333333333333333e-3;
    p = p * r + 4.1666666666666666667e-2;
    p = p * r + 1.6666666666666666667e-1;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    // The low bits of `shifted` hold k in two's complement; the shift drops everything else.
    const auto bits = (std::bit_cast<std::uint64_t>(shifted) + 1023u) << 52;
    return p * std::bit_cast<double>(bits);
}

}  // namespace anamorph
