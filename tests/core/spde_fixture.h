// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Eigen/Cholesky>
#include <cmath>
#include <functional>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/likelihood_options.h"
#include "tests/core/error_code.h"

// What the tests of the SPDE share.
namespace anamorph::testing {

inline Points random_points(Index n, int d, std::uint64_t seed) {
    RandomStream random(seed);
    Points x(n, d);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(-1.0, 1.0);
    return x;
}

inline LikelihoodOptions mesh_options(double edge, double border, int alpha = 2) {
    LikelihoodOptions options;
    options.kind = LikelihoodKind::spde;
    options.mesh_edge = edge;
    options.mesh_border = border;
    options.spde_alpha = alpha;
    return options;
}

/// A smooth map without folds, far from linear.
inline Points bent(const Points& x) {
    Points u = 2.0 * x;
    for (Index j = 0; j < x.cols(); ++j)
        u.col(j).array() += 0.3 * (1.3 * x.col((j + 1) % x.cols()).array() + 0.2 * static_cast<double>(j)).sin() +
                            0.2 * (0.9 * x.col(j).array()).cos();
    return u;
}

/// A sample of a Matérn field of range 1 at u with nugget ratio `eta`.
inline Vector sample(const Points& u, Smoothness smoothness, double eta, std::uint64_t seed) {
    Matrix c = cross_correlation(smoothness, u, u);
    c.diagonal().array() += eta;
    return Eigen::LLT<Matrix>(c).matrixL() * RandomStream(seed).normals(u.rows());
}

}  // namespace anamorph::testing
