// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_plain
#define ANAMORPH_LANES 2

#include "core/predict/kriging_block.h"

namespace anamorph {

extern const KrigingKernels kriging_kernels_plain;
const KrigingKernels kriging_kernels_plain = {kernels_plain::all_kriging_weights, "plain"};

}  // namespace anamorph
