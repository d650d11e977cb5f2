// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_avx512
#define ANAMORPH_LANES 8

#include "core/predict/kriging_block.h"

namespace anamorph {

extern const KrigingKernels kriging_kernels_avx512;
const KrigingKernels kriging_kernels_avx512 = {kernels_avx512::all_kriging_weights, "AVX-512"};

}  // namespace anamorph
