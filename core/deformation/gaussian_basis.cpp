// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/gaussian_basis.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/deformation/block_values.h"
#include "core/covariance/vector_exp.h"

namespace anamorph {

namespace {

ANAMORPH_SIMD_CLONES
void axis_gaussian(const double* x, double centre, double width, double* out) {
    const double scale = -0.5 / (width * width);
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) {
        const double t = x[i] - centre;
        out[i] = exp_nonpositive(scale * t * t);
    }
}

ANAMORPH_SIMD_CLONES
void multiply(const double* a, const double* b, double* out) {
#pragma omp simd
    for (int i = 0; i < GaussianBasis::block; ++i) out[i] = a[i] * b[i];
}

}  // namespace

GaussianBasis::GaussianBasis(std::vector<int> sizes, double extent)
    : sizes_(std::move(sizes)), extent_(extent) {
    const int d = dimension();
    if (d < 1 || d > 3 || *std::min_element(sizes_.begin(), sizes_.end()) < 2)
        throw Error(ErrorCode::bad_input, "A basis needs 1 to 3 axes with at least 2 functions each.");
    Index count = 1;
    for (int m : sizes_) {
        widths_.push_back(2.0 * extent / (m - 1));
        count *= m;
    }
    centres_.resize(count, d);
    index_.resize(static_cast<std::size_t>(count));
    for (Index k = 0; k < count; ++k) {
        Index rest = k;
        for (int j = d - 1; j >= 0; --j) {
            const int m = sizes_[static_cast<std::size_t>(j)];
            const int at = static_cast<int>(rest % m);
            rest /= m;
            index_[static_cast<std::size_t>(k)][static_cast<std::size_t>(j)] = at;
            centres_(k, j) = -extent + at * widths_[static_cast<std::size_t>(j)];
        }
    }
}

void GaussianBasis::block_values(const double* const* x, int points, double* phi) const {
    const int d = dimension();
    // One Gaussian for each centre coordinate along each axis.
    thread_local std::vector<double> axis;
    thread_local std::vector<double> padded(3 * GaussianBasis::block);
    std::size_t total = 0;
    std::array<std::size_t, 3> offset{};
    for (int j = 0; j < d; ++j) {
        offset[static_cast<std::size_t>(j)] = total;
        total += static_cast<std::size_t>(sizes_[static_cast<std::size_t>(j)]) * GaussianBasis::block;
    }
    axis.resize(total);
    for (int j = 0; j < d; ++j) {
        double* p = padded.data() + j * GaussianBasis::block;
        std::copy(x[j], x[j] + points, p);
        std::fill(p + points, p + GaussianBasis::block, 0.0);
        const double h = width(j);
        for (int a = 0; a < sizes_[static_cast<std::size_t>(j)]; ++a)
            axis_gaussian(p, -extent_ + a * h, h,
                          axis.data() + offset[static_cast<std::size_t>(j)] +
                              static_cast<std::size_t>(a) * GaussianBasis::block);
    }
    for (Index k = 0; k < count(); ++k) {
        const auto& at = index_[static_cast<std::size_t>(k)];
        auto factor = [&](int j) {
            return axis.data() + offset[static_cast<std::size_t>(j)] +
                   static_cast<std::size_t>(at[static_cast<std::size_t>(j)]) * GaussianBasis::block;
        };
        double* out = phi + k * GaussianBasis::block;
        if (d == 1) {
            std::copy(factor(0), factor(0) + GaussianBasis::block, out);
            continue;
        }
        multiply(factor(0), factor(1), out);
        if (d == 3) multiply(out, factor(2), out);
    }
}

Matrix GaussianBasis::values(const Points& x) const { return values_by_blocks(*this, x); }

}  // namespace anamorph
