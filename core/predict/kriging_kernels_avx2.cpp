// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_avx2
#define ANAMORPH_LANES 4

#include "core/predict/kriging_block.h"

namespace anamorph {

extern const KrigingKernels kriging_kernels_avx2;
const KrigingKernels kriging_kernels_avx2 = {kernels_avx2::all_kriging_weights, "AVX2"};

}  // namespace anamorph
