// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_avx2
#define ANAMORPH_LANES 4

#include "core/likelihood/vecchia_sweeps.h"

namespace anamorph {

extern const VecchiaKernels vecchia_kernels_avx2;
const VecchiaKernels vecchia_kernels_avx2 = {kernels_avx2::all_moments,
                                              kernels_avx2::all_parameter_moments,
                                              kernels_avx2::all_gradient, 4, "AVX2"};

}  // namespace anamorph
