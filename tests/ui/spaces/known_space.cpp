// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_space.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/decompositions.h"

namespace anamorph {
namespace {

constexpr double side = 1000.0, stretch = 0.9, shear = 90.0;
constexpr double practical_range = 60.0 * 2.995732;  // where exp(−h/60) = 0.05

double stretched(double x) { return side * std::expm1(stretch * x / side) / std::expm1(stretch); }
double unstretched(double u) { return side * std::log1p(u / side * std::expm1(stretch)) / stretch; }

double field(const Points& u, Index i) {
    double z = 3.0 + 1.1 * std::sin(u(i, 0) / 95.0);
    if (u.cols() > 1) z += 0.8 * std::cos(u(i, 1) / 120.0) + 0.4 * std::sin((u(i, 0) + u(i, 1)) / 50.0);
    if (u.cols() > 2) z += 0.5 * std::sin(u(i, 2) / 140.0);
    return z;
}

/// The k-th of a sequence in [0, 1) that fills space evenly.
double even(Index k, double step) { return std::fmod(0.5 + static_cast<double>(k + 1) * step, 1.0); }

}  // namespace

Points KnownSpace::deformed_from_geographic(const Points& x) const {
    Points u = x;
    u.col(0) = x.col(0).unaryExpr([](double v) { return stretched(v); });
    if (x.cols() > 1) {
        u.col(0).array() += shear * (u.col(1).array() / 260.0).sin();
        u.col(1).array() += 0.7 * shear * (u.col(0).array() / 310.0).sin();
    }
    if (x.cols() > 2) u.col(2).array() += 0.5 * shear * (u.col(0).array() / 280.0).sin();
    return u;
}

Points KnownSpace::geographic_from_deformed(const Points& u) const {
    Points x = u;
    if (u.cols() > 2) x.col(2).array() -= 0.5 * shear * (u.col(0).array() / 280.0).sin();
    if (u.cols() > 1) {
        x.col(1).array() -= 0.7 * shear * (u.col(0).array() / 310.0).sin();
        x.col(0).array() -= shear * (x.col(1).array() / 260.0).sin();
    }
    x.col(0) = x.col(0).unaryExpr([](double v) { return unstretched(v); }).eval();
    return x;
}

Vector KnownSpace::log_abs_det_jacobian(const Points& x) const {
    return (std::log(stretch / std::expm1(stretch)) + stretch * x.col(0).array() / side).matrix();
}

Matrix KnownSpace::local_ranges(const Points& x) const {
    Matrix ranges(x.rows(), 3);
    constexpr double step = 1e-3;
    for (Index i = 0; i < x.rows(); ++i) {
        Matrix j(2, 2);
        for (int b = 0; b < 2; ++b) {
            Points lower = x.row(i), upper = x.row(i);
            lower(0, b) -= step;
            upper(0, b) += step;
            j.col(b) = (deformed_from_geographic(upper) - deformed_from_geographic(lower)).transpose() / (2 * step);
        }
        const SingularValues svd = singular_value_decomposition(j);
        const Vector& s = svd.values;
        const double angle = std::atan2(svd.right(1, 1), svd.right(0, 1)) * 180.0 / std::numbers::pi;
        ranges.row(i) << practical_range / s(1), practical_range / s(0), std::fmod(angle + 360.0, 180.0);
    }
    return ranges;
}

Vector KnownSpace::correlation_with(const Points& site, const Points& x) const {
    const Points u = deformed_from_geographic(x), at = deformed_from_geographic(site);
    return (-(u.rowwise() - at.row(0)).rowwise().norm().array() / 60.0).exp().matrix();
}

SpatialDataset known_dataset(int dimension, Index n) {
    SpatialDataset data;
    data.name = "known field";
    data.value_name = "log precipitation";
    data.value_unit = dimension == 3 ? "ppm" : "mm";
    data.coordinate_system.label = "km, Albers";
    data.coordinate_system.unit = "km";
    const double steps[3] = {0.7548776662466927, 0.5698402909980532, 0.3183098861837907};
    const char* names[3] = {"x", "y", "depth"};
    data.coordinates.resize(n, dimension);
    for (int a = 0; a < dimension; ++a) data.coordinate_names.emplace_back(names[a]);
    for (Index i = 0, k = 0; i < n; ++k) {
        for (int a = 0; a < dimension; ++a) data.coordinates(i, a) = side * even(k, steps[a]);
        const bool in_corner = dimension == 2 && data.coordinates(i, 0) + data.coordinates(i, 1) < 420.0;
        if (!in_corner) ++i;
    }
    const Points u = KnownSpace().deformed_from_geographic(data.coordinates);
    data.values.resize(n);
    for (Index i = 0; i < n; ++i) data.values(i) = field(u, i) + 0.15 * (even(i, 0.7320508) - 0.5);
    return data;
}

std::shared_ptr<const GridMap> known_map(const SpatialDataset& data, Index cells) {
    auto map = std::make_shared<GridMap>();
    map->grid = PredictionGrid::around(data.coordinates, cells, 0.02, data.dimension() == 2 ? 0.7 : 0.0);
    const Points x = map->grid.centres();
    const Points u = KnownSpace().deformed_from_geographic(x);
    const double missing = std::numeric_limits<double>::quiet_NaN();
    map->mean = map->standard_deviation = Vector::Constant(x.rows(), missing);
    for (const Index cell : map->grid.active_cells()) {
        const double nearest = (data.coordinates.rowwise() - x.row(cell)).rowwise().norm().minCoeff();
        map->mean(cell) = field(u, cell);
        map->standard_deviation(cell) = 0.1 + 0.5 * (1.0 - std::exp(-nearest / 60.0));
    }
    map->label = "velocity field";
    return map;
}

std::shared_ptr<const SpacesSnapshot> known_snapshot(int dimension, Index n, Index cells) {
    const SpatialDataset data = known_dataset(dimension, n);
    return make_snapshot(data, KnownSpace(), known_map(data, cells), SnapshotDetail::full);
}

}  // namespace anamorph
