// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/mesh_projection.h"

#include "core/base/error.h"

namespace anamorph {

MeshProjection::MeshProjection(const Mesh& mesh, const Points& points)
    : vertex(static_cast<std::size_t>(points.rows()), std::array<std::int32_t, 4>{}),
      weight(static_cast<std::size_t>(points.rows()), std::array<double, 4>{}),
      inside(static_cast<std::size_t>(points.rows())),
      corners(mesh.dimension() + 1) {
    if (points.cols() != mesh.dimension())
        throw Error(ErrorCode::dimension_mismatch, "The points have not the mesh's dimension.");
    const Index n = points.rows();
#pragma omp parallel for schedule(static) if (n > 5000)
    for (Index i = 0; i < n; ++i) {
        std::array<double, 3> x{};
        for (Index j = 0; j < points.cols(); ++j) x[static_cast<std::size_t>(j)] = points(i, j);
        const auto at = static_cast<std::size_t>(i);
        inside[at] = mesh.locate(x.data(), vertex[at].data(), weight[at].data()) ? 1 : 0;
    }
}

Matrix MeshProjection::multiply(const Matrix& w) const {
    Matrix out = Matrix::Zero(size(), w.cols());
    for (Index c = 0; c < w.cols(); ++c)
        for (std::size_t i = 0; i < vertex.size(); ++i)
            for (std::size_t a = 0; a < static_cast<std::size_t>(corners); ++a)
                out(static_cast<Index>(i), c) += weight[i][a] * w(vertex[i][a], c);
    return out;
}

Matrix MeshProjection::multiply_transposed(const Matrix& x, const Vector& weights,
                                           Index vertices) const {
    Matrix out = Matrix::Zero(vertices, x.cols());
    for (Index c = 0; c < x.cols(); ++c)
        for (std::size_t i = 0; i < vertex.size(); ++i) {
            const double value = weights(static_cast<Index>(i)) * x(static_cast<Index>(i), c);
            for (std::size_t a = 0; a < static_cast<std::size_t>(corners); ++a)
                out(vertex[i][a], c) += weight[i][a] * value;
        }
    return out;
}

}  // namespace anamorph
