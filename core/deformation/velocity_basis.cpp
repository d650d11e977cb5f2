// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/velocity_basis.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/deformation/block_values.h"
#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

/// sum += s (x − c)²
ANAMORPH_SIMD_CLONES
void add_square(const double* x, double c, double s, double* sum) {
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) {
        const double t = x[i] - c;
        sum[i] += s * t * t;
    }
}

ANAMORPH_SIMD_CLONES
void gaussian(const double* sum, double* out) {
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) out[i] = exp_nonpositive(-0.5 * sum[i]);
}

}  // namespace

bool GaussianUnits::operator==(const GaussianUnits& other) const {
    return centres.rows() == other.centres.rows() && centres.cols() == other.centres.cols() &&
           centres == other.centres && widths == other.widths;
}

VelocityBasis::VelocityBasis(std::vector<int> sizes) { add_level(std::move(sizes)); }

void VelocityBasis::add_level(std::vector<int> sizes) {
    if (units_.count() > 0)
        throw Error(ErrorCode::bad_input, "Levels of a velocity field come before its units.");
    GaussianBasis level(std::move(sizes));
    if (!levels_.empty() && level.dimension() != dimension())
        throw Error(ErrorCode::dimension_mismatch, "Levels of different dimension.");
    Points widths(level.count(), level.dimension());
    for (int j = 0; j < level.dimension(); ++j) widths.col(j).setConstant(level.width(j));
    append(level.centres(), widths);
    levels_.push_back(std::move(level));
}

void VelocityBasis::add_units(const GaussianUnits& units) {
    if (units.centres.cols() != dimension() || units.widths.cols() != dimension() ||
        units.widths.rows() != units.centres.rows())
        throw Error(ErrorCode::dimension_mismatch, "Units of different dimension.");
    if (!units.centres.allFinite() || !units.widths.allFinite() || !(units.widths.array() > 0.0).all())
        throw Error(ErrorCode::bad_input, "A unit of a velocity field needs a centre and positive widths.");
    const Index before = units_.count();
    units_.centres.conservativeResize(before + units.count(), dimension());
    units_.widths.conservativeResize(before + units.count(), dimension());
    units_.centres.bottomRows(units.count()) = units.centres;
    units_.widths.bottomRows(units.count()) = units.widths;
    append(units.centres, units.widths);
}

void VelocityBasis::append(const Points& centres, const Points& widths) {
    const Index before = centres_.rows(), d = centres.cols();
    centres_.conservativeResize(before + centres.rows(), d);
    inverse_square_widths_.conservativeResize(before + centres.rows(), d);
    centres_.bottomRows(centres.rows()) = centres;
    inverse_square_widths_.bottomRows(centres.rows()) = widths.array().square().inverse();
}

double VelocityBasis::smallest_width() const {
    return 1.0 / std::sqrt(inverse_square_widths_.maxCoeff());
}

void VelocityBasis::block_values(const double* const* x, int points, double* phi) const {
    for (const GaussianBasis& level : levels_) {
        level.block_values(x, points, phi);
        phi += level.count() * GaussianBasis::block;
    }
    if (units_.count() == 0) return;
    double padded[3][GaussianBasis::block] = {}, sum[GaussianBasis::block];
    const int d = dimension();
    for (int j = 0; j < d; ++j) std::copy(x[j], x[j] + points, padded[j]);
    const Index first = count() - units_.count();
    for (Index k = first; k < count(); ++k, phi += GaussianBasis::block) {
        std::fill(sum, sum + GaussianBasis::block, 0.0);
        for (int j = 0; j < d; ++j) add_square(padded[j], centres_(k, j), inverse_square_widths_(k, j), sum);
        gaussian(sum, phi);
    }
}

Matrix VelocityBasis::values(const Points& x) const { return values_by_blocks(*this, x); }

}  // namespace anamorph
