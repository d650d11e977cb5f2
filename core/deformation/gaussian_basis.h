// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "core/base/types.h"
#include "core/deformation/spatial_basis.h"

namespace anamorph {

/// Gaussian functions φ_k(x) = Π_j exp(−(x_j − c_kj)²/(2h_j²)) on a regular grid of centres over
/// [−extent, extent]^d, width h_j = the spacing along axis j. Separable: an evaluation costs
/// Σ m_j exponentials a point. Centres run with the last axis fastest.
class GaussianBasis final : public SpatialBasis {
public:
    /// `sizes`: centres along each axis, each ≥ 2. @throws Error(bad_input)
    explicit GaussianBasis(std::vector<int> sizes, double extent = 1.25);

    [[nodiscard]] int dimension() const { return static_cast<int>(sizes_.size()); }
    [[nodiscard]] Index count() const override { return centres_.rows(); }
    [[nodiscard]] const std::vector<int>& sizes() const { return sizes_; }
    [[nodiscard]] const Points& centres() const { return centres_; }  ///< count×d
    [[nodiscard]] double width(int axis) const { return widths_[static_cast<std::size_t>(axis)]; }
    [[nodiscard]] double extent() const { return extent_; }

    /// φ at points: n×count.
    [[nodiscard]] Matrix values(const Points& x) const override;

    static constexpr int block = 64;  ///< points handled together
    /// Values at up to `block` points given axis by axis (x[j][i]): phi[k·block + i].
    void block_values(const double* const* x, int points, double* phi) const;

private:
    std::vector<int> sizes_;
    std::vector<double> widths_;
    double extent_;
    Points centres_;
    std::vector<std::array<int, 3>> index_;  // of each centre along each axis
};

}  // namespace anamorph
