// SPDX-License-Identifier: GPL-3.0-or-later
// RealNVP by LibTorch: the one source file that includes its headers.
#include <omp.h>
#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/deformation/layer_tape.h"
#include "core/deformation/realnvp.h"

namespace anamorph {
namespace {

using torch::Tensor;

/// One LibTorch thread while it lives; the calling thread's OpenMP setting comes back afterwards
/// (LibTorch changes it).
class OneTorchThread {
public:
    OneTorchThread() : threads_(omp_get_max_threads()) { at::set_num_threads(1); }
    ~OneTorchThread() { omp_set_num_threads(threads_); }
    OneTorchThread(const OneTorchThread&) = delete;
    OneTorchThread& operator=(const OneTorchThread&) = delete;

private:
    int threads_;
};

/// Runs `work` on one LibTorch thread and turns LibTorch's exceptions into the core's.
template <class Work>
auto in_torch(Work&& work) {
    const OneTorchThread one_thread;
    try {
        return work();
    } catch (const c10::Error& error) {
        throw Error(ErrorCode::out_of_memory,
                    std::string("LibTorch could not evaluate RealNVP: ") +
                        error.what_without_backtrace(),
                    "Use fewer sites or a smaller network.");
    }
}

Tensor tensor_from(const Vector& v) {
    return torch::from_blob(const_cast<double*>(v.data()), {v.size()}, torch::kFloat64).clone();
}

Vector vector_from(const Tensor& t) {
    const Tensor flat = t.detach().contiguous().view({-1});
    return Eigen::Map<const Vector>(flat.data_ptr<double>(), flat.numel());
}

/// Points in flight: one column tensor (n×1) an axis.
using Columns = std::vector<Tensor>;

Columns columns_from(const Points& x) {
    Columns columns;
    for (Index axis = 0; axis < x.cols(); ++axis) {
        columns.push_back(tensor_from(x.col(axis)).view({-1, 1}));
    }
    return columns;
}

Points points_from(const Columns& columns) {
    Points x(columns.front().size(0), static_cast<Index>(columns.size()));
    for (std::size_t axis = 0; axis < columns.size(); ++axis) {
        x.col(static_cast<Index>(axis)) = vector_from(columns[axis]);
    }
    return x;
}

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

std::vector<Coupling> make_couplings(const RealNvpOptions& options) {
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

class RealNvpTape final : public LayerTape {
public:
    RealNvpTape(Columns points, Columns deformed, Tensor log_det, Tensor theta)
        : deformed_points_(points_from(deformed)), log_det_values_(vector_from(log_det)),
          points_(std::move(points)), deformed_(std::move(deformed)), log_det_(std::move(log_det)),
          theta_(std::move(theta)) {}

    [[nodiscard]] const Points& deformed() const override { return deformed_points_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_values_; }

    [[nodiscard]] Vector pull_back(const Points& d_deformed,
                                   const Vector& d_log_det) const override {
        return vector_from(gradients({theta_}, d_deformed, d_log_det).front());
    }

    [[nodiscard]] Vector pull_back_to_points(const Points& d_deformed, const Vector& d_log_det,
                                             Points& d_points) const override {
        std::vector<Tensor> inputs = {theta_};
        inputs.insert(inputs.end(), points_.begin(), points_.end());
        std::vector<Tensor> found = gradients(inputs, d_deformed, d_log_det);
        Vector d_theta = vector_from(found.front());
        found.erase(found.begin());
        d_points = points_from(found);
        return d_theta;
    }

private:
    /// Gradients with respect to `inputs` of a scalar whose gradients at the outputs are given.
    [[nodiscard]] std::vector<Tensor> gradients(const std::vector<Tensor>& inputs,
                                                const Points& d_deformed,
                                                const Vector& d_log_det) const {
        const Index n = deformed_points_.rows();
        if (d_deformed.rows() != n || d_deformed.cols() != deformed_points_.cols() ||
            (d_log_det.size() != 0 && d_log_det.size() != n)) {
            throw Error(ErrorCode::dimension_mismatch,
                        "The gradient does not have the shape of the " + std::to_string(n) +
                            " deformed sites.");
        }
        return in_torch([&] {
            std::vector<Tensor> outputs(deformed_);
            std::vector<Tensor> given = columns_from(d_deformed);
            if (d_log_det.size() != 0) {
                outputs.push_back(log_det_);
                given.push_back(tensor_from(d_log_det).view({-1, 1}));
            }
            return torch::autograd::grad(outputs, inputs, given, /*retain_graph=*/true);
        });
    }

    Points deformed_points_;
    Vector log_det_values_;
    Columns points_, deformed_;
    Tensor log_det_;
    Tensor theta_;
};

class RealNvp final : public Deformation {
public:
    explicit RealNvp(const RealNvpOptions& options)
        : options_(options), stack_(options),
          bending_(std::make_shared<RelativeBending>(options.dimension)) {
        // Hidden weights and biases uniform in ±2, last layers zero: the identity.
        RandomStream random(options.seed);
        const Vector last = stack_.last_layer_mask();
        parameters_ = Vector::Zero(stack_.parameter_count());
        for (Index i = 0; i < parameters_.size(); ++i) {
            if (last(i) == 0.0) parameters_(i) = random.uniform(-2.0, 2.0);
        }
    }

    [[nodiscard]] int dimension() const override { return options_.dimension; }
    [[nodiscard]] Index parameter_count() const override { return parameters_.size(); }
    [[nodiscard]] Vector parameters() const override { return parameters_; }
    void set_parameters(const Vector& parameters) override {
        if (parameters.size() != parameters_.size()) {
            throw Error(ErrorCode::dimension_mismatch,
                        "This RealNVP has " + std::to_string(parameters_.size()) +
                            " parameters, not " + std::to_string(parameters.size()) + ".");
        }
        parameters_ = parameters;
    }
    [[nodiscard]] std::unique_ptr<Deformation> clone() const override {
        return std::make_unique<RealNvp>(*this);
    }

    [[nodiscard]] Points forward(const Points& x) const override {
        require_dimension(x);
        if (x.rows() == 0) return x;
        return in_torch([&] {
            const torch::NoGradGuard no_gradient;
            return points_from(stack_.forward(columns_from(x), tensor_from(parameters_)).first);
        });
    }
    [[nodiscard]] Vector log_abs_det(const Points& x) const override {
        require_dimension(x);
        if (x.rows() == 0) return {};
        return in_torch([&] {
            const torch::NoGradGuard no_gradient;
            return vector_from(stack_.forward(columns_from(x), tensor_from(parameters_)).second);
        });
    }
    [[nodiscard]] Points inverse(const Points& u) const override {
        require_dimension(u);
        if (u.rows() == 0) return u;
        const Points x = in_torch([&] {
            const torch::NoGradGuard no_gradient;
            return points_from(stack_.inverse(columns_from(u), tensor_from(parameters_)));
        });
        if (!x.allFinite()) {
            throw Error(ErrorCode::not_finite, "RealNVP's inverse is not finite at some points.");
        }
        return x;
    }
    [[nodiscard]] std::unique_ptr<DeformationTape> record(const Points& x) const override {
        require_dimension(x);
        return in_torch([&] {
            const torch::AutoGradMode with_gradient(true);
            Tensor theta = tensor_from(parameters_).requires_grad_(true);
            Columns points = columns_from(x);
            for (Tensor& column : points) column.requires_grad_(true);
            auto [deformed, log_det] = stack_.forward(points, theta);
            return std::make_unique<RealNvpTape>(std::move(points), std::move(deformed),
                                                 std::move(log_det), std::move(theta));
        });
    }

    double regulariser(Vector& gradient) const override {
        if (gradient.size() != parameters_.size()) {
            throw Error(ErrorCode::dimension_mismatch,
                        "The gradient of the regulariser has " + std::to_string(gradient.size()) +
                            " entries, not " + std::to_string(parameters_.size()) + ".");
        }
        const Vector last = stack_.last_layer_mask();
        const Vector shrunk = last.cwiseProduct(parameters_);
        double value = options_.weight_decay * shrunk.squaredNorm();
        gradient += 2.0 * options_.weight_decay * shrunk;
        if (options_.jacobian_penalty > 0.0) {
            value += in_torch([&] {
                const torch::AutoGradMode with_gradient(true);
                const Tensor theta = tensor_from(parameters_).requires_grad_(true);
                const Tensor bending = options_.jacobian_penalty * (*bending_)(stack_, theta);
                gradient += vector_from(torch::autograd::grad({bending}, {theta}).front());
                return bending.item<double>();
            });
        }
        return value;
    }
    [[nodiscard]] Vector prior_precision() const override {
        return 2.0 * options_.weight_decay * stack_.last_layer_mask();
    }

private:
    void require_dimension(const Points& x) const {
        if (x.cols() != options_.dimension) {
            throw Error(ErrorCode::dimension_mismatch,
                        "This RealNVP maps " + std::to_string(options_.dimension) +
                            " dimensions; the points have " + std::to_string(x.cols()) + ".");
        }
    }

    RealNvpOptions options_;
    CouplingStack stack_;
    std::shared_ptr<const RelativeBending> bending_;  // immutable, shared by clones
    Vector parameters_;
};

}  // namespace
}  // namespace anamorph

/// The module's one door; the caller owns the object. @throws anamorph::Error
extern "C" __attribute__((visibility("default"))) anamorph::Deformation* anamorph_make_realnvp(
    const anamorph::RealNvpOptions& options) {
    return anamorph::in_torch([&]() -> anamorph::Deformation* {
        return new anamorph::RealNvp(options);
    });
}
