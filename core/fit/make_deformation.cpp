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
#include "core/deformation/space_only.h"
#include "core/deformation/spline_coupling.h"
#include "core/deformation/velocity_field.h"

namespace anamorph {

namespace {

constexpr int axial_sigmoids = 8;
constexpr int spline_bins = 4;

std::vector<int> velocity_sizes(const Axes& axes, int m) {
    const int d = axes.dimension;
    if (axes.alike) return std::vector<int>(3, std::max(3, (2 * m + 1) / 3));
    if (d == 3) return {m, m, std::max(3, m / 2)};
    return std::vector<int>(static_cast<std::size_t>(d), m);
}

/// Centres of radial-basis units along an axis: 3, and twice as close with each further layer of
/// them; in one dimension, where they are few, twice as close from the start.
int centres_per_axis(int d, int level) { return 1 + (2 << std::min(level + (d == 1 ? 1 : 0), 3)); }

/// A warp without the linear map after it; `level` counts the same kind among the layers before it.
std::unique_ptr<Deformation> make_layer(DeformationKind kind, const ModelSpecification& s,
                                        const Axes& axes, std::uint64_t seed, int level) {
    const int d = axes.dimension;
    switch (kind) {
        case DeformationKind::axial:
            return std::make_unique<AxialWarping>(d, axial_sigmoids, s.layer_ridge);
        case DeformationKind::radial_basis:
            return std::make_unique<RadialBasis>(d, centres_per_axis(d, level), s.layer_ridge);
        case DeformationKind::velocity_field: {
            auto field = std::make_unique<VelocityField>(velocity_sizes(axes, s.basis_size), s.ridge);
            if (s.fine_basis_size > 0)
                field->add_level(velocity_sizes(axes, s.fine_basis_size), s.fine_ridge);
            return field;
        }
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

std::unique_ptr<Deformation> make_chain(const ModelSpecification& s, const Axes& axes,
                                        std::uint64_t seed) {
    std::vector<std::unique_ptr<Deformation>> layers;
    for (auto it = s.layers.begin(); it != s.layers.end(); ++it) {
        const auto level = static_cast<int>(std::count(s.layers.begin(), it, *it));
        layers.push_back(make_layer(*it, s, axes, seed + layers.size(), level));
    }
    return std::make_unique<LayerChain>(std::move(layers));
}

}  // namespace

bool is_axis_aligned(const ModelSpecification& s) {
    return s.deformation == DeformationKind::anisotropic && s.layers.size() == 1 &&
           s.layers.front() == DeformationKind::axial;
}

int deformed_dimension(const ModelSpecification& s, const Axes& axes) {
    return axes.last_is_time && s.time_deformation == TimeDeformation::space_only ? axes.space_dimension()
                                                                                  : axes.dimension;
}

std::unique_ptr<Deformation> make_deformation(const ModelSpecification& s, const Axes& axes,
                                              std::uint64_t seed) {
    using Kind = DeformationKind;
    const bool mixed = deformed_dimension(s, axes) == axes.dimension;
    if (s.deformation == Kind::stationary) return std::make_unique<LinearDeformation>(axes, false);
    if (is_axis_aligned(s)) return std::make_unique<LinearDeformation>(LinearDeformation::along_axes(axes));
    if (s.deformation == Kind::anisotropic)
        return std::make_unique<LinearDeformation>(axes, true, mixed);
    const bool full = s.deformation != Kind::radial;
    const Axes of_warp = mixed ? axes : Axes(axes.space_dimension());
    auto warp = s.deformation == Kind::layers ? make_chain(s, of_warp, seed)
                                              : make_layer(s.deformation, s, of_warp, seed, 0);
    if (!mixed) warp = std::make_unique<SpaceOnly>(std::move(warp));
    return std::make_unique<LinearAfter>(LinearDeformation(axes, full, mixed), std::move(warp));
}

}  // namespace anamorph
