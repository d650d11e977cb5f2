// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/make_deformation.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/deformation/axial_warping.h"
#include "core/deformation/composition.h"
#include "core/deformation/layer_chain.h"
#include "core/deformation/linear.h"
#include "core/deformation/mobius.h"
#include "core/deformation/plain_network.h"
#include "core/deformation/radial.h"
#include "core/deformation/radial_basis.h"
#include "core/deformation/realnvp.h"
#include "core/deformation/spline_coupling.h"
#include "core/deformation/velocity_field.h"

namespace anamorph {

namespace {

constexpr int axial_sigmoids = 8;
constexpr int spline_bins = 4;

std::vector<int> velocity_sizes(int d, int m) {
    if (d == 3) return {m, m, std::max(3, m / 2)};
    return std::vector<int>(static_cast<std::size_t>(d), m);
}

/// Centres of radial-basis units along an axis: 3, and twice as close with each further layer of
/// them; in one dimension, where they are few, twice as close from the start.
int centres_per_axis(int d, int level) { return 1 + (2 << std::min(level + (d == 1 ? 1 : 0), 3)); }

/// A warp without the linear map after it; `level` counts the same kind among the layers before it.
std::unique_ptr<Deformation> make_layer(DeformationKind kind, const ModelSpecification& s, int d,
                                        std::uint64_t seed, int level) {
    switch (kind) {
        case DeformationKind::axial:
            return std::make_unique<AxialWarping>(d, axial_sigmoids, s.layer_ridge);
        case DeformationKind::radial_basis:
            return std::make_unique<RadialBasis>(d, centres_per_axis(d, level), s.layer_ridge);
        case DeformationKind::velocity_field:
            return std::make_unique<VelocityField>(velocity_sizes(d, s.basis_size), s.ridge);
        case DeformationKind::radial: return std::make_unique<RadialDeformation>(d);
        case DeformationKind::realnvp: {
            RealNvpOptions options;
            options.dimension = d;
            options.couplings = s.couplings;
            options.hidden_width = s.hidden_width;
            options.jacobian_penalty = s.jacobian_penalty;
            options.seed = seed;
            return make_realnvp(options);
        }
        case DeformationKind::mobius: return std::make_unique<Mobius>(d, s.layer_ridge);
        case DeformationKind::spline:
            return std::make_unique<SplineCoupling>(d, d == 1 ? 8 : spline_bins, d == 3 ? 3 : 4,
                                                    s.layer_ridge);
        case DeformationKind::network:
            return std::make_unique<PlainNetwork>(d, s.hidden_width, s.layer_ridge, seed);
        case DeformationKind::stationary:
        case DeformationKind::anisotropic:
        case DeformationKind::layers: break;
    }
    throw Error(ErrorCode::unsupported, "\"" + to_string(kind) + "\" cannot be one layer of several.");
}

std::unique_ptr<Deformation> make_chain(const ModelSpecification& s, int d, std::uint64_t seed) {
    std::vector<std::unique_ptr<Deformation>> layers;
    for (auto it = s.layers.begin(); it != s.layers.end(); ++it) {
        const auto level = static_cast<int>(std::count(s.layers.begin(), it, *it));
        layers.push_back(make_layer(*it, s, d, seed + layers.size(), level));
    }
    return std::make_unique<LayerChain>(std::move(layers));
}

}  // namespace

std::unique_ptr<Deformation> make_deformation(const ModelSpecification& s, int d,
                                              std::uint64_t seed) {
    using Kind = DeformationKind;
    if (s.deformation == Kind::stationary) return std::make_unique<LinearDeformation>(d, false);
    if (s.deformation == Kind::anisotropic) return std::make_unique<LinearDeformation>(d, true);
    const bool full = s.deformation != Kind::radial;
    return std::make_unique<LinearAfter>(LinearDeformation(d, full),
                                         s.deformation == Kind::layers
                                             ? make_chain(s, d, seed)
                                             : make_layer(s.deformation, s, d, seed, 0));
}

}  // namespace anamorph
