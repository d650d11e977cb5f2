// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scenes/space_lookup.h"

#include <algorithm>
#include <cmath>

#include "ui/scenes/display_frame.h"

namespace anamorph {

SpaceLookup::SpaceLookup(std::shared_ptr<const SpacesSnapshot> snapshot, double weight)
    : snapshot_(std::move(snapshot)) {
    if (snapshot_) shown_ = between(snapshot_->lattice.nodes, weight);
}

Points SpaceLookup::deformed_from_geographic(const Points& x) const {
    if (shown_.rows() < 2) return x;
    const auto& shape = snapshot_->lattice.shape;
    const Points& nodes = snapshot_->lattice.nodes.in_geographic;
    const auto d = static_cast<Index>(shape.size());
    Vector base(d), weight(d);
    for (Index a = 0; a < d; ++a) {
        const double first = nodes(0, a), last = nodes(nodes.rows() - 1, a);
        const auto cells = static_cast<double>(shape[static_cast<std::size_t>(a)] - 1);
        const double position = std::clamp((x(0, a) - first) / (last - first), 0.0, 1.0) * cells;
        base(a) = std::min(std::floor(position), cells - 1.0);
        weight(a) = position - base(a);
    }
    Points offset = Points::Zero(1, d);
    for (Index corner = 0; corner < (Index{1} << d); ++corner) {
        Index flat = 0, stride = 1;
        double share = 1.0;
        for (Index a = 0; a < d; ++a) {
            const bool far = (corner >> a) & 1;
            share *= far ? weight(a) : 1.0 - weight(a);
            flat += stride * (static_cast<Index>(base(a)) + (far ? 1 : 0));
            stride *= shape[static_cast<std::size_t>(a)];
        }
        offset += share * (shown_.row(flat) - nodes.row(flat));
    }
    return x + offset;
}

Points SpaceLookup::geographic_from_deformed(const Points& u) const {
    if (shown_.rows() < 2) return u;
    Index nearest = 0;
    (shown_.rowwise() - u.row(0)).rowwise().squaredNorm().minCoeff(&nearest);
    Points best = snapshot_->lattice.nodes.in_geographic.row(nearest) + u - shown_.row(nearest);
    double best_error = (deformed_from_geographic(best) - u).norm();
    Points x = best;
    for (int step = 0; step < 30 && best_error > 0.0; ++step) {
        x += 0.7 * (u - deformed_from_geographic(x));
        const double error = (deformed_from_geographic(x) - u).norm();
        if (error < best_error) {
            best = x;
            best_error = error;
        }
    }
    return best;
}

}  // namespace anamorph
