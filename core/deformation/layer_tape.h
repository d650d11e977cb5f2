// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deformation/deformation.h"

namespace anamorph {

/// A tape whose adjoint also reaches the points: what a deformation needs to be one layer of
/// several, where the points are the layer before's f(x).
class LayerTape : public DeformationTape {
public:
    /// As `pull_back`; `d_points` becomes the scalar's gradient with respect to the points (n×d), by
    /// way of f(x) and, where `d_log_det` is given, of log|det J|.
    [[nodiscard]] virtual Vector pull_back_to_points(const Points& d_deformed,
                                                     const Vector& d_log_det,
                                                     Points& d_points) const = 0;
    [[nodiscard]] Vector pull_back(const Points& d_deformed, const Vector& d_log_det) const override {
        Points unused;
        return pull_back_to_points(d_deformed, d_log_det, unused);
    }
};

}  // namespace anamorph
