// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/deformation/realnvp.h"
#include "core/networks/tensors.h"

namespace anamorph {

/// Rotation of the plane by an angle, written out because the four angles repeat.
struct Rotation {
    double cosine = 1.0;
    double sine = 0.0;
    void apply(Columns& x) const {
        if (sine == 0.0) return;
        Tensor first = cosine * x[0] + sine * x[1];
        x[1] = cosine * x[1] - sine * x[0];
        x[0] = std::move(first);
    }
    void undo(Columns& x) const {
        if (sine == 0.0) return;
        Tensor first = cosine * x[0] - sine * x[1];
        x[1] = sine * x[0] + cosine * x[1];
        x[0] = std::move(first);
    }
};

/// One affine coupling: coordinate `transformed` is scaled and shifted by a tanh network of the
/// others, on axes turned by `rotation`.
struct Coupling {
    Rotation rotation;
    std::size_t transformed = 1;
    std::vector<std::size_t> conditioning;
};

inline std::vector<Coupling> make_couplings(const RealNvpOptions& options) {
    // 0, 90, 45, 135 degrees in turn.
    const double h = std::numbers::sqrt2 / 2.0;
    const Rotation rotations[] = {{1.0, 0.0}, {0.0, 1.0}, {h, h}, {-h, h}};
    std::vector<Coupling> couplings;
    for (int k = 0; k < options.couplings; ++k) {
        if (options.dimension == 2) {
            couplings.push_back({rotations[k % 4], 1, {0}});
        } else {
            const auto axis = static_cast<std::size_t>(k % 3);
            couplings.push_back({Rotation{}, axis, {(axis + 1) % 3, (axis + 2) % 3}});
        }
    }
    return couplings;
}

/// The network of couplings as a function of points and of one flat parameter tensor. For each
/// coupling the flat vector holds, in this order: hidden weights (inputs×width), hidden biases
/// (width), last weights (width×2), last biases (2); the outputs are log-scale and shift.
class CouplingStack {
public:
    explicit CouplingStack(const RealNvpOptions& options)
        : options_(options), couplings_(make_couplings(options)) {}

    [[nodiscard]] int64_t inputs() const { return options_.dimension - 1; }
    [[nodiscard]] int64_t width() const { return options_.hidden_width; }
    [[nodiscard]] int64_t hidden_count() const { return (inputs() + 1) * width(); }
    [[nodiscard]] int64_t last_count() const { return 2 * width() + 2; }
    [[nodiscard]] int64_t parameter_count() const {
        return options_.couplings * (hidden_count() + last_count());
    }

    /// x → (f(x), log|det J|); the second n×1.
    [[nodiscard]] std::pair<Columns, Tensor> forward(Columns x, const Tensor& theta) const {
        Tensor log_det = torch::zeros_like(x.front());
        for (std::size_t k = 0; k < couplings_.size(); ++k) {
            const Coupling& coupling = couplings_[k];
            coupling.rotation.apply(x);
            const auto [log_scale, shift] = network(k, x, theta);
            Tensor& moved = x[coupling.transformed];
            moved = moved * torch::exp(log_scale) + shift;
            log_det = log_det + log_scale;
            coupling.rotation.undo(x);
        }
        return {std::move(x), std::move(log_det)};
    }

    /// The closed inverse: couplings in reverse order.
    [[nodiscard]] Columns inverse(Columns u, const Tensor& theta) const {
        for (std::size_t k = couplings_.size(); k-- > 0;) {
            const Coupling& coupling = couplings_[k];
            coupling.rotation.apply(u);
            const auto [log_scale, shift] = network(k, u, theta);
            Tensor& moved = u[coupling.transformed];
            moved = (moved - shift) * torch::exp(-log_scale);
            coupling.rotation.undo(u);
        }
        return u;
    }

    /// 1 for the parameters of the last layers, 0 for the hidden ones.
    [[nodiscard]] Vector last_layer_mask() const {
        Vector mask = Vector::Zero(parameter_count());
        const int64_t block = hidden_count() + last_count();
        for (int k = 0; k < options_.couplings; ++k) {
            mask.segment(k * block + hidden_count(), last_count()).setOnes();
        }
        return mask;
    }

private:
    /// Bounded log-scale and shift of coupling k, n×1 each.
    [[nodiscard]] std::pair<Tensor, Tensor> network(std::size_t k, const Columns& x,
                                                    const Tensor& theta) const {
        int64_t at = static_cast<int64_t>(k) * (hidden_count() + last_count());
        const auto next = [&](int64_t rows, int64_t columns) {
            Tensor part = theta.narrow(0, at, rows * columns).view({rows, columns});
            at += rows * columns;
            return part;
        };
        const Tensor hidden_weights = next(inputs(), width());
        const Tensor hidden_biases = next(1, width());
        const Tensor last_weights = next(width(), 2);
        const Tensor last_biases = next(1, 2);

        const auto& conditioning = couplings_[k].conditioning;
        const Tensor input = conditioning.size() == 1
                                 ? x[conditioning[0]]
                                 : torch::cat({x[conditioning[0]], x[conditioning[1]]}, 1);
        const Tensor hidden = torch::tanh(torch::addmm(hidden_biases, input, hidden_weights));
        const double scale = 2.0 / std::sqrt(static_cast<double>(width()));
        const Tensor output = torch::addmm(last_biases, hidden, last_weights, 1.0, scale);
        const double bound = options_.maximum_log_scale;
        return {bound * torch::tanh(output.narrow(1, 0, 1) / bound), output.narrow(1, 1, 1)};
    }

    RealNvpOptions options_;
    std::vector<Coupling> couplings_;
};

/// How the Jacobian varies relative to its own size, averaged over a grid:
/// 4 mean[ |D²f|² / (|J|² + mean|J|²/10) ], derivatives by central differences of step 0.1 on a
/// regular grid over [−0.9, 0.9]^d (13 nodes an axis in the plane, 7 in space). Zero for affine maps.
class RelativeBending {
public:
    explicit RelativeBending(int dimension) : dimension_(dimension) {
        const int nodes = dimension == 2 ? 13 : 7;
        Index count = 1;
        for (int axis = 0; axis < dimension; ++axis) count *= nodes;
        Points grid(count, dimension);
        for (Index i = 0; i < count; ++i) {
            Index rest = i;
            for (int axis = 0; axis < dimension; ++axis, rest /= nodes) {
                grid(i, axis) = 0.9 * (-1.0 + 2.0 * static_cast<double>(rest % nodes) / (nodes - 1));
            }
        }
        nodes_ = count;
        stencil_ = columns_from(stencil_around(grid));
    }

    [[nodiscard]] Tensor operator()(const CouplingStack& stack, const Tensor& theta) const {
        const Tensor f = torch::cat(stack.forward(stencil_, theta).first, 1);
        int64_t block = 0;
        const auto next = [&] { return f.narrow(0, nodes_ * block++, nodes_); };
        const Tensor centre = next();
        std::vector<Tensor> plus, minus;
        Tensor jacobian = torch::zeros({nodes_}, torch::kFloat64);
        Tensor bending = torch::zeros({nodes_}, torch::kFloat64);
        const auto square = [](const Tensor& t) { return (t * t).sum(1); };
        for (int a = 0; a < dimension_; ++a) {
            plus.push_back(next());
            minus.push_back(next());
            jacobian = jacobian + square((plus.back() - minus.back()) / (2.0 * kStep));
            bending = bending +
                      square((plus.back() - 2.0 * centre + minus.back()) / (kStep * kStep));
        }
        for (int a = 0; a < dimension_; ++a) {
            for (int b = a + 1; b < dimension_; ++b) {
                const auto i = static_cast<std::size_t>(a);
                const auto j = static_cast<std::size_t>(b);
                const Tensor both = next();
                const Tensor neither = next();
                const Tensor mixed = (both + neither + 2.0 * centre - plus[i] - minus[i] - plus[j] -
                                      minus[j]) / (2.0 * kStep * kStep);
                bending = bending + 2.0 * square(mixed);
            }
        }
        return 4.0 * (bending / (jacobian + 0.1 * jacobian.mean())).mean();
    }

private:
    static constexpr double kStep = 0.1;

    /// Blocks of the grid: itself, shifted by ± a step along each axis, then by ± along each pair.
    [[nodiscard]] Points stencil_around(const Points& grid) const {
        std::vector<Vector> shifts = {Vector::Zero(dimension_)};
        const auto both_signs = [&](const Vector& shift) {
            shifts.push_back(shift);
            shifts.push_back(-shift);
        };
        for (int a = 0; a < dimension_; ++a) both_signs(kStep * Vector::Unit(dimension_, a));
        for (int a = 0; a < dimension_; ++a) {
            for (int b = a + 1; b < dimension_; ++b) {
                both_signs(kStep * (Vector::Unit(dimension_, a) + Vector::Unit(dimension_, b)));
            }
        }
        Points all(grid.rows() * static_cast<Index>(shifts.size()), dimension_);
        for (std::size_t k = 0; k < shifts.size(); ++k) {
            all.middleRows(grid.rows() * static_cast<Index>(k), grid.rows()) =
                grid.rowwise() + shifts[k].transpose();
        }
        return all;
    }

    int dimension_;
    int64_t nodes_ = 0;
    Columns stencil_;
};

}  // namespace anamorph
