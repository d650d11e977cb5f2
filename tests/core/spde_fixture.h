// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <functional>

#include "core/base/decompositions.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/covariance/correlation.h"
#include "core/likelihood/likelihood_options.h"
#include "core/likelihood/mesh.h"
#include "core/likelihood/mesh_projection.h"
#include "core/likelihood/sparse_cholesky.h"
#include "core/likelihood/spde_precision.h"
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
    return CholeskyFactor(c).lower() * RandomStream(seed).normals(u.rows());
}

/// Covariance of the field at points of the mesh.
inline Matrix field_covariance(const SpdePrecision& precision, const Mesh& mesh, const Points& at) {
    SparseCholesky factor(precision.pattern().precision_pattern);
    if (!factor.factorise(precision.values())) return {};
    const MeshProjection a(mesh, at);
    const Index m = at.rows();
    Matrix half = a.multiply_transposed(Matrix::Identity(m, m), Vector::Ones(m), mesh.vertex_count());
    factor.solve_half(half);
    return half.transpose() * half;
}

inline std::shared_ptr<const SpdePattern> pattern_of(const Mesh& mesh, int alpha) {
    return std::make_shared<SpdePattern>(
        std::make_shared<FiniteElements>(mesh.dimension(), mesh.vertex_count(), mesh.simplices()), alpha);
}

/// Columns d and alpha: every order in every dimension.
inline void fields() {
    QTest::addColumn<int>("d");
    QTest::addColumn<int>("alpha");
    QTest::newRow("d = 1, order 1") << 1 << 1;
    for (int d = 1; d <= 3; ++d) QTest::addRow("d = %d, order 2", d) << d << 2;
}

}  // namespace anamorph::testing
