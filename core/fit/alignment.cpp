// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/alignment.h"

#include <algorithm>
#include <cmath>

#include "core/base/decompositions.h"
#include "core/data/point_grid.h"
#include "core/data/sphere.h"

namespace anamorph {

namespace {

constexpr Index most_sphere_points = 500;

/// The rotation R for which the rows of `u` Rᵀ lie nearest to those of `x` (both centred).
Matrix nearest_rotation(const Points& u, const Points& x) {
    const Index d = u.cols();
    const SingularValues svd = singular_value_decomposition(x.transpose() * u);
    Vector sign = Vector::Ones(d);
    if (determinant(svd.left * svd.right.transpose()) < 0.0) sign(d - 1) = -1.0;
    return svd.left * sign.asDiagonal() * svd.right.transpose();
}

/// Points spread over where the data are, standardised: cells of their box, or sites on the sphere.
Points spread_points(const ModelState& m, const Points& sites) {
    const Index d = sites.cols();
    if (!m.dataset->coordinate_system.chordal)
        return cell_centres(sites.colwise().minCoeff(), sites.colwise().maxCoeff(),
                            d == 1 ? 200 : d == 2 ? 24 : 9);
    const Index n = sites.rows(), count = std::min(n, most_sphere_points);
    Points some(count, d);
    for (Index i = 0; i < count; ++i) some.row(i) = sites.row(i * n / count);
    return some;
}

struct MeanStretch {
    double of_space = 1.0;  ///< mean content of a unit of space, deformed units^k a coordinate unit^k
    double of_time = 1.0;   ///< mean length of a unit of time, deformed units
};

MeanStretch mean_stretch(const ModelState& m, const Points& sites) {
    const SpatialDataset& data = *m.dataset;
    const Vector per_unit = m.standardisation.half_width.cwiseInverse();
    const Points at = spread_points(m, sites);
    const Points x = m.standardisation.geographic(at);
    const auto jac = jacobians(*m.deformation, at);
    MeanStretch mean{0.0, 0.0};
    for (Index i = 0; i < at.rows(); ++i) {
        const Matrix j = jac[static_cast<std::size_t>(i)] * per_unit.asDiagonal();
        const Matrix along = j * directions_of_space(data, x.row(i));
        mean.of_space += std::sqrt(std::max(0.0, determinant(along.transpose() * along)));
        mean.of_time += j.col(j.cols() - 1).norm();
    }
    mean.of_space /= static_cast<double>(at.rows());
    mean.of_time /= static_cast<double>(at.rows());
    if (!std::isfinite(mean.of_space) || !(mean.of_space > 0.0)) mean.of_space = 1.0;
    if (!std::isfinite(mean.of_time) || !(mean.of_time > 0.0)) mean.of_time = 1.0;
    return mean;
}

/// Mean |det J| of a deformation of space, in coordinate units, from its own log|det J|.
double mean_determinant(const ModelState& m, const Points& sites) {
    double mean = m.deformation->log_abs_det(spread_points(m, sites)).array().exp().mean() /
                  m.standardisation.half_width.prod();
    return std::isfinite(mean) && mean > 0.0 ? mean : 1.0;
}

}  // namespace

Alignment alignment_of(const ModelState& m) {
    const SpatialDataset& data = *m.dataset;
    const Points sites = m.standardisation.standardised(data.coordinates);
    const Index d = sites.cols(), k = data.space_dimension();
    Alignment a;
    const bool plain = !data.last_axis_is_time && !data.coordinate_system.chordal;
    const MeanStretch mean = plain ? MeanStretch{mean_determinant(m, sites), 1.0} : mean_stretch(m, sites);
    const auto content_dimension = data.coordinate_system.chordal ? 2.0 : static_cast<double>(k);
    a.scale = std::pow(mean.of_space, -1.0 / content_dimension);

    const Points u = m.deformation->forward(sites);
    const Eigen::RowVectorXd u_mean = u.colwise().mean();
    const Eigen::RowVectorXd x_mean = data.coordinates.colwise().mean();
    const Points u_centred = a.scale * (u.rowwise() - u_mean);
    Points x_centred = data.coordinates.rowwise() - x_mean;
    if (!data.last_axis_is_time) {
        a.rotation = nearest_rotation(u_centred, x_centred);
    } else {
        const double length_of_time = a.scale * mean.of_time;  // of a unit of time, shown as space is
        x_centred.col(k) *= length_of_time;
        a.rotation = Matrix::Identity(d, d);
        if (m.specification.time_deformation == TimeDeformation::together)
            a.rotation = nearest_rotation(u_centred, x_centred);
        else
            a.rotation.topLeftCorner(k, k) = nearest_rotation(u_centred.leftCols(k), x_centred.leftCols(k));
        a.rotation.row(k) /= length_of_time;
    }
    a.shift = x_mean.transpose() - a.scale * a.rotation * u_mean.transpose();
    return a;
}

}  // namespace anamorph
