// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/regions.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"

namespace anamorph {

namespace {

/// Mean distance of a centre to its nearest other.
double mean_spacing(const Points& centres) {
    const Index k = centres.rows();
    if (k < 2) return 1.0;
    double sum = 0.0;
    for (Index i = 0; i < k; ++i) {
        double nearest = std::numeric_limits<double>::infinity();
        for (Index j = 0; j < k; ++j)
            if (j != i) nearest = std::min(nearest, (centres.row(i) - centres.row(j)).norm());
        sum += nearest;
    }
    return sum / static_cast<double>(k);
}

}  // namespace

Regions::Regions(Points centres, bool sharp) : centres_(std::move(centres)), sharp_(sharp) {
    if (centres_.rows() < 1 || !centres_.allFinite())
        throw Error(ErrorCode::bad_input, "Regions need at least one centre.");
    const double spacing = mean_spacing(centres_);
    if (!(spacing > 0.0)) throw Error(ErrorCode::bad_input, "Two regions have the same centre.");
    width_ = 0.5 * spacing;
}

Matrix Regions::values(const Points& x) const {
    const Index n = x.rows(), k = count();
    Matrix w(n, k);
    for (Index i = 0; i < n; ++i) {
        Vector s(k);
        for (Index c = 0; c < k; ++c) s(c) = (x.row(i) - centres_.row(c)).squaredNorm();
        Index nearest = 0;
        const double least = s.minCoeff(&nearest);
        if (sharp_) {
            w.row(i).setZero();
            w(i, nearest) = 1.0;
        } else {
            w.row(i) = (-0.5 * (s.array() - least) / (width_ * width_)).exp();
            w.row(i) /= w.row(i).sum();
        }
    }
    return w;
}

}  // namespace anamorph
