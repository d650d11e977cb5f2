// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "core/deformation/deformation.h"

namespace anamorph {

/// RealNVP (Dinh, Sohl-Dickstein, Bengio 2017, arXiv 1605.08803) for maps: affine couplings on axes
/// rotated by 0, 90, 45, 135 degrees in turn (d = 2), tanh networks, last layers zero (identity at
/// the start), log-scales bounded by tanh to ±1.
struct RealNvpOptions {
    int dimension = 2;
    int couplings = 8;
    int hidden_width = 16;
    double maximum_log_scale = 1.0;
    double weight_decay = 0.01;       ///< ridge on the last layers
    double jacobian_penalty = 10.0;   ///< on how the Jacobian varies relative to itself
    std::uint64_t seed = 1;           ///< of the hidden layers
};

/// Computed with LibTorch in double precision, which is loaded when the first RealNVP is made.
/// @throws Error(unsupported) when the LibTorch module is not installed; Error(bad_input) for
/// options out of range.
[[nodiscard]] std::unique_ptr<Deformation> make_realnvp(const RealNvpOptions& options);

}  // namespace anamorph
