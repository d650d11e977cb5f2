// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/vecchia_kernels.h"

namespace anamorph {

extern const VecchiaKernels vecchia_kernels_plain;
#ifdef ANAMORPH_X86_KERNELS
extern const VecchiaKernels vecchia_kernels_avx512;
extern const VecchiaKernels vecchia_kernels_avx2;
#endif

VecchiaKernelList all_vecchia_kernels() {
    VecchiaKernelList list{};
#ifdef ANAMORPH_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        list.kernels[list.count++] = &vecchia_kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        list.kernels[list.count++] = &vecchia_kernels_avx2;
#endif
    list.kernels[list.count++] = &vecchia_kernels_plain;
    return list;
}

const VecchiaKernels& vecchia_kernels() {
    static const VecchiaKernels& fastest = *all_vecchia_kernels().kernels[0];
    return fastest;
}

}  // namespace anamorph
