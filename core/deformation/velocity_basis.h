// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/deformation/gaussian_basis.h"

namespace anamorph {

/// Gaussian functions that stand where they are needed, each with its own widths:
/// φ_k(x) = exp(−½ Σ_j (x_j − c_kj)²/h_kj²).
struct GaussianUnits {
    Points centres;  ///< k×d, standardised coordinates
    Points widths;   ///< k×d, h > 0

    [[nodiscard]] Index count() const { return centres.rows(); }
    bool operator==(const GaussianUnits& other) const;
};

/// The functions of a velocity field: those of one or more regular grids (levels, from coarse to
/// fine), then single units. Function k has the centre c_k and along axis j the width h_kj.
class VelocityBasis {
public:
    explicit VelocityBasis(std::vector<int> sizes);  ///< one level. @throws Error(bad_input)
    void add_level(std::vector<int> sizes);          ///< @throws Error(bad_input | dimension_mismatch)
    void add_units(const GaussianUnits& units);      ///< @throws Error(bad_input | dimension_mismatch)

    [[nodiscard]] int dimension() const { return levels_.front().dimension(); }
    [[nodiscard]] Index count() const { return centres_.rows(); }
    [[nodiscard]] const std::vector<GaussianBasis>& levels() const { return levels_; }
    [[nodiscard]] const GaussianUnits& units() const { return units_; }
    [[nodiscard]] double extent() const { return levels_.front().extent(); }
    [[nodiscard]] const Points& centres() const { return centres_; }  ///< count×d
    [[nodiscard]] const Points& inverse_square_widths() const { return inverse_square_widths_; }  ///< h⁻², count×d
    [[nodiscard]] double smallest_width() const;

    [[nodiscard]] Matrix values(const Points& x) const;  ///< φ at points: n×count
    /// As GaussianBasis::block_values.
    void block_values(const double* const* x, int points, double* phi) const;

private:
    void append(const Points& centres, const Points& widths);

    std::vector<GaussianBasis> levels_;
    GaussianUnits units_;
    Points centres_, inverse_square_widths_;
};

}  // namespace anamorph
