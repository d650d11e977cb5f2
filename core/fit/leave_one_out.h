// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/model_state.h"

namespace anamorph {

/// Each site predicted from all others, parameters kept (Dubrule 1983, Math. Geol. 15:687).
struct LeaveOneOut {
    Vector error;      ///< zᵢ − ẑ₋ᵢ, n, value unit; where values are transformed, ẑ₋ᵢ is the mean of z
    Vector log_score;  ///< negative log predictive density of zᵢ (of the measured value), n, nats
};

/// One evaluation of the likelihood; empty vectors where it cannot be evaluated.
[[nodiscard]] LeaveOneOut leave_one_out(const ModelState& model);

}  // namespace anamorph
