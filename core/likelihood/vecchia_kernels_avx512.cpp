// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_avx512
#define ANAMORPH_LANES 8

#include "core/likelihood/vecchia_sweeps.h"

namespace anamorph {

extern const VecchiaKernels vecchia_kernels_avx512;
const VecchiaKernels vecchia_kernels_avx512 = {kernels_avx512::all_moments,
                                              kernels_avx512::all_parameter_moments,
                                              kernels_avx512::all_gradient, 8, "AVX-512"};

}  // namespace anamorph
