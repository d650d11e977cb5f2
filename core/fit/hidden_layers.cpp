// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/hidden_layers.h"

#include "core/deformation/composition.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/plain_network.h"
#include "core/deformation/space_only.h"

namespace anamorph {

namespace {

/// Of one warp whose parameters begin at `first`.
void append_hidden(const Deformation& warp, Index first, std::vector<Index>& places) {
    if (const auto* chain = dynamic_cast<const LayerChain*>(&warp)) {
        for (std::size_t k = 0; k < chain->size(); ++k) {
            append_hidden(chain->layer(k), first, places);
            first += chain->layer(k).parameter_count();
        }
        return;
    }
    if (const auto* network = dynamic_cast<const PlainNetwork*>(&warp))
        for (Index i = 0; i < network->hidden_parameter_count(); ++i) places.push_back(first + i);
}

}  // namespace

std::vector<Index> hidden_layer_parameters(const ModelState& model) {
    std::vector<Index> places;
    const auto* after = dynamic_cast<const LinearAfter*>(model.deformation.get());
    if (!after) return places;
    const Deformation& warp = spatial_part(after->inner());
    append_hidden(warp, model.deformation->parameter_count() - warp.parameter_count(), places);
    return places;
}

}  // namespace anamorph
