// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/make_deformation.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/deformation/composition.h"
#include "core/deformation/linear.h"
#include "core/deformation/radial.h"
#include "core/deformation/realnvp.h"
#include "core/deformation/velocity_field.h"

namespace anamorph {

namespace {

std::vector<int> velocity_sizes(int d, int m) {
    if (d == 3) return {m, m, std::max(3, m / 2)};
    return std::vector<int>(static_cast<std::size_t>(d), m);
}

/// A warp without the linear map after it.
std::unique_ptr<Deformation> make_layer(DeformationKind kind, const ModelSpecification& s, int d,
                                        std::uint64_t seed) {
    switch (kind) {
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
        default: break;
    }
    throw Error(ErrorCode::unsupported, "The deformation \"" + to_string(kind) + "\" is not available.");
}

}  // namespace

std::unique_ptr<Deformation> make_deformation(const ModelSpecification& s, int d,
                                              std::uint64_t seed) {
    using Kind = DeformationKind;
    if (s.deformation == Kind::stationary) return std::make_unique<LinearDeformation>(d, false);
    if (s.deformation == Kind::anisotropic) return std::make_unique<LinearDeformation>(d, true);
    const bool full = s.deformation != Kind::radial;
    return std::make_unique<LinearAfter>(LinearDeformation(d, full),
                                         make_layer(s.deformation, s, d, seed));
}

}  // namespace anamorph
