// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/fit/model_state.h"

namespace anamorph {

/// Places in θ of the weights of hidden layers: plain networks' but for their last layer, in which the map
/// is linear. Laplace's approximation is taken over the last layer with the hidden ones
/// held at their estimates (Snoek et al. 2015, ICML, sec. 3; Kristiadi, Hein and Hennig 2020, ICML): the
/// weights of several layers multiply each other, and maps drawn from a Gaussian over all of them are
/// nothing like the estimate. Ascending; empty for models without a network.
[[nodiscard]] std::vector<Index> hidden_layer_parameters(const ModelState& model);

}  // namespace anamorph
