// SPDX-License-Identifier: GPL-3.0-or-later
// Vectors of lanes for the kernels that are compiled once for each instruction set. To be included
// by such translation units only, inside no namespace; ANAMORPH_LANES says how many doubles a vector
// has and ANAMORPH_ISA names the namespace. Nothing here may come from the standard library's
// templates: the linker could otherwise keep a copy that another processor cannot run.
#pragma once

#include <cstdint>
#include <cstring>
#include <new>

#if defined(__AVX512F__) || defined(__AVX__) || defined(__SSE2__)
#include <immintrin.h>
#endif

namespace anamorph::ANAMORPH_ISA {

constexpr int lanes = ANAMORPH_LANES;
typedef double Lanes __attribute__((vector_size(8 * ANAMORPH_LANES)));
typedef std::int64_t LaneBits __attribute__((vector_size(8 * ANAMORPH_LANES)));

#define ANAMORPH_INLINE [[gnu::always_inline]] static inline

ANAMORPH_INLINE Lanes all(double x) { return Lanes{} + x; }

ANAMORPH_INLINE Lanes square_root(Lanes x) {
#if defined(__AVX512F__) && ANAMORPH_LANES == 8
    return (Lanes)_mm512_sqrt_pd((__m512d)x);
#elif defined(__AVX__) && ANAMORPH_LANES == 4
    return (Lanes)_mm256_sqrt_pd((__m256d)x);
#elif defined(__SSE2__) && ANAMORPH_LANES == 2
    return (Lanes)_mm_sqrt_pd((__m128d)x);
#else
    Lanes r;
    for (int l = 0; l < lanes; ++l) r[l] = __builtin_sqrt(x[l]);
    return r;
#endif
}

/// exp(x) for x ≤ 0 as `exp_nonpositive` of core/covariance/vector_exp.h, for all lanes.
ANAMORPH_INLINE Lanes exponential(Lanes x) {
    x = x < -708.0 ? all(-708.0) : x;
    const Lanes shifted = x * 1.4426950408889634 + 6755399441055744.0;
    const Lanes k = shifted - 6755399441055744.0;
    const Lanes r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    // Even and odd halves of the Taylor polynomial of degree 13: two short chains.
    const Lanes r2 = r * r;
    Lanes even = all(2.0876756987868098979e-9);
    even = even * r2 + 2.7557319223985890653e-7;
    even = even * r2 + 2.4801587301587301587e-5;
    even = even * r2 + 1.3888888888888888889e-3;
    even = even * r2 + 4.1666666666666666667e-2;
    even = even * r2 + 0.5;
    even = even * r2 + 1.0;
    Lanes odd = all(1.6059043836821614599e-10);
    odd = odd * r2 + 2.5052108385441718775e-8;
    odd = odd * r2 + 2.7557319223985890653e-6;
    odd = odd * r2 + 1.9841269841269841270e-4;
    odd = odd * r2 + 8.3333333333333333333e-3;
    odd = odd * r2 + 1.6666666666666666667e-1;
    odd = odd * r2 + 1.0;
    const Lanes p = odd * r + even;
    LaneBits bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    Lanes scale;
    std::memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/// Correlation ρ and dρ/ds at squared distance s (range 1); `nu` is twice the smoothness, 0: Gaussian.
template <int nu>
ANAMORPH_INLINE void correlation_of(Lanes s, Lanes& rho, Lanes& derivative) {
    if constexpr (nu == 0) {
        rho = exponential(-0.5 * s);
        derivative = -0.5 * rho;
    } else {
        const Lanes h = square_root(s);
        const Lanes e = exponential(-h);
        if constexpr (nu == 1) {
            rho = e;
            const Lanes safe = h < 1e-7 ? all(1e-7) : h;
            derivative = -0.5 * e / safe;
        } else if constexpr (nu == 3) {
            rho = (1.0 + h) * e;
            derivative = -0.5 * e;
        } else {
            rho = (1.0 + h + s * (1.0 / 3.0)) * e;
            derivative = (1.0 + h) * e * (-1.0 / 6.0);
        }
    }
}

}  // namespace anamorph::ANAMORPH_ISA
