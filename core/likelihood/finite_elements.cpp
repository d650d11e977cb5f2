// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/finite_elements.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace anamorph {

namespace {

template <int D>
using Square = Eigen::Matrix<double, D, D>;

/// Volume (signed) and basis gradients of one simplex.
template <int D>
struct Element {
    double volume;
    Eigen::Matrix<double, D, D + 1> gradients;  // column i: ∇φᵢ

    Element(const Points& vertices, const std::int32_t* corner) {
        constexpr double factorial[] = {1.0, 1.0, 2.0, 6.0};
        Square<D> edges;
        for (int i = 0; i < D; ++i)
            edges.col(i) = (vertices.row(corner[i + 1]) - vertices.row(corner[0])).transpose();
        volume = edges.determinant() / factorial[D];
        gradients.template rightCols<D>() = edges.inverse().transpose();
        gradients.col(0) = -gradients.template rightCols<D>().rowwise().sum();
    }
};

template <int D>
Square<D> diffusion_of(const ElementCoefficients& coefficients, Index e) {
    Square<D> h;
    for (int r = 0, k = 0; r < D; ++r)
        for (int c = 0; c <= r; ++c, ++k) h(r, c) = h(c, r) = coefficients.diffusion(k, e);
    return h;
}

}  // namespace

FiniteElements::FiniteElements(int dimension, Index vertex_count,
                               std::vector<std::int32_t> simplices)
    : dimension_(dimension), simplices_(std::move(simplices)) {
    const auto corners = static_cast<std::size_t>(dimension_ + 1);
    std::vector<std::vector<std::int32_t>> rows(static_cast<std::size_t>(vertex_count));
    for (std::size_t e = 0; e < simplices_.size(); e += corners)
        for (std::size_t i = 0; i < corners; ++i)
            for (std::size_t j = 0; j < corners; ++j)
                rows[static_cast<std::size_t>(simplices_[e + i])].push_back(simplices_[e + j]);
    start_.push_back(0);
    for (std::size_t v = 0; v < rows.size(); ++v) {
        auto& row = rows[v];
        std::sort(row.begin(), row.end());
        row.erase(std::unique(row.begin(), row.end()), row.end());
        const auto own = std::lower_bound(row.begin(), row.end(), static_cast<std::int32_t>(v));
        diagonal_.push_back(start_.back() + (own - row.begin()));
        neighbour_.insert(neighbour_.end(), row.begin(), row.end());
        start_.push_back(static_cast<std::int64_t>(neighbour_.size()));
    }
    place_.reserve(simplices_.size() * corners);
    for (std::size_t e = 0; e < simplices_.size(); e += corners)
        for (std::size_t i = 0; i < corners; ++i)
            for (std::size_t j = 0; j < corners; ++j) {
                const auto row = static_cast<std::size_t>(simplices_[e + i]);
                const auto at = std::lower_bound(neighbour_.begin() + start_[row],
                                                 neighbour_.begin() + start_[row + 1],
                                                 simplices_[e + j]);
                place_.push_back(static_cast<std::int32_t>(at - neighbour_.begin()));
            }
}

template <int D>
bool FiniteElements::assemble_in(const Points& vertices, const ElementCoefficients* coefficients,
                                 ElementMatrices& out) const {
    out.mass = Vector::Zero(vertex_count());
    out.reaction = Vector::Zero(coefficients ? vertex_count() : 0);
    out.stiffness = Vector::Zero(static_cast<Index>(neighbour_.size()));
    double orientation = 0.0;
    for (Index e = 0; e < simplex_count(); ++e) {
        const std::int32_t* corner = simplices_.data() + e * (D + 1);
        const std::int32_t* place = place_.data() + e * (D + 1) * (D + 1);
        const Element<D> element(vertices, corner);
        if (orientation == 0.0) orientation = element.volume > 0.0 ? 1.0 : -1.0;
        const double volume = orientation * element.volume;
        if (!(volume > 0.0) || !std::isfinite(volume) || !element.gradients.allFinite()) return false;
        Eigen::Matrix<double, D + 1, D + 1> local;
        if (coefficients)
            local = volume * element.gradients.transpose() * diffusion_of<D>(*coefficients, e) *
                    element.gradients;
        else
            local = volume * element.gradients.transpose() * element.gradients;
        for (int i = 0; i <= D; ++i) {
            out.mass(corner[i]) += volume / (D + 1);
            if (coefficients)
                out.reaction(corner[i]) += volume / (D + 1) * coefficients->kappa_squared(e);
            for (int j = 0; j <= D; ++j) out.stiffness(place[i * (D + 1) + j]) += local(i, j);
        }
    }
    return true;
}

template <int D>
void FiniteElements::pull_back_in(const Points& vertices, const ElementCoefficients* coefficients,
                                  const ElementMatrices& d_matrices, Points& d_vertices,
                                  ElementCoefficients* d_coefficients) const {
    d_vertices = Points::Zero(vertices.rows(), D);
    if (d_coefficients) {
        d_coefficients->kappa_squared.resize(simplex_count());
        d_coefficients->diffusion.resize(D * (D + 1) / 2, simplex_count());
    }
    for (Index e = 0; e < simplex_count(); ++e) {
        const std::int32_t* corner = simplices_.data() + e * (D + 1);
        const std::int32_t* place = place_.data() + e * (D + 1) * (D + 1);
        const Element<D> element(vertices, corner);
        const double volume = std::abs(element.volume);
        const auto& g = element.gradients;
        Eigen::Matrix<double, D + 1, D + 1> s;
        double d_mass = 0.0, d_reaction = 0.0;
        for (int i = 0; i <= D; ++i) {
            d_mass += d_matrices.mass(corner[i]) / (D + 1);
            if (coefficients) d_reaction += d_matrices.reaction(corner[i]) / (D + 1);
            for (int j = 0; j <= D; ++j) s(i, j) = d_matrices.stiffness(place[i * (D + 1) + j]);
        }
        const Square<D> spread = g * s * g.transpose();  // Σ sᵢⱼ gᵢgⱼᵀ
        const Square<D> h = coefficients ? diffusion_of<D>(*coefficients, e) : Square<D>::Identity();
        const double kappa_squared = coefficients ? coefficients->kappa_squared(e) : 1.0;
        // Energy of the element per volume, and how it follows the gradients.
        const double energy =
            (spread * h).trace() + d_mass + (coefficients ? kappa_squared * d_reaction : 0.0);
        const Eigen::Matrix<double, D, D + 1> d_corner =
            volume * (energy * g - 2.0 * (spread * h) * g);
        for (int i = 0; i <= D; ++i) d_vertices.row(corner[i]) += d_corner.col(i).transpose();
        if (!d_coefficients) continue;
        d_coefficients->kappa_squared(e) = volume * d_reaction;
        for (int r = 0, k = 0; r < D; ++r)
            for (int c = 0; c <= r; ++c, ++k)
                d_coefficients->diffusion(k, e) = volume * spread(r, c) * (r == c ? 1.0 : 2.0);
    }
}

bool FiniteElements::assemble(const Points& vertices, const ElementCoefficients* coefficients,
                              ElementMatrices& out) const {
    if (vertices.rows() != vertex_count() || vertices.cols() != dimension_ || !vertices.allFinite())
        return false;
    switch (dimension_) {
        case 1: return assemble_in<1>(vertices, coefficients, out);
        case 2: return assemble_in<2>(vertices, coefficients, out);
        default: return assemble_in<3>(vertices, coefficients, out);
    }
}

void FiniteElements::pull_back(const Points& vertices, const ElementCoefficients* coefficients,
                               const ElementMatrices& d_matrices, Points& d_vertices,
                               ElementCoefficients* d_coefficients) const {
    switch (dimension_) {
        case 1: return pull_back_in<1>(vertices, coefficients, d_matrices, d_vertices, d_coefficients);
        case 2: return pull_back_in<2>(vertices, coefficients, d_matrices, d_vertices, d_coefficients);
        default: return pull_back_in<3>(vertices, coefficients, d_matrices, d_vertices, d_coefficients);
    }
}

Points FiniteElements::centroids(const Points& vertices) const {
    const int corners = dimension_ + 1;
    Points out = Points::Zero(simplex_count(), dimension_);
    for (Index e = 0; e < simplex_count(); ++e)
        for (int i = 0; i < corners; ++i)
            out.row(e) += vertices.row(simplices_[static_cast<std::size_t>(e * corners + i)]) / corners;
    return out;
}

}  // namespace anamorph
