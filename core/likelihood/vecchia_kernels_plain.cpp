// SPDX-License-Identifier: GPL-3.0-or-later
#define ANAMORPH_ISA kernels_plain
#define ANAMORPH_LANES 2

#include "core/likelihood/vecchia_sweeps.h"

namespace anamorph {

extern const VecchiaKernels vecchia_kernels_plain;
const VecchiaKernels vecchia_kernels_plain = {kernels_plain::all_moments,
                                              kernels_plain::all_parameter_moments,
                                              kernels_plain::all_gradient, 2, "plain"};

}  // namespace anamorph
