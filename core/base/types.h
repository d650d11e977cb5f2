// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Core>
#include <limits>

namespace anamorph {

/// Sites or nodes, one a row: n×d with d = 1, 2 or 3, and up to 5 with covariates as coordinates of the
/// distance. The space is told by the variable's name
/// (`x_in_geographic`, `u_in_deformed`), the unit by the object that owns the points.
using Points = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Index = Eigen::Index;

/// What stands for a value that is not known.
inline constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace anamorph
