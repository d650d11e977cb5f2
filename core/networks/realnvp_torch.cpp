// SPDX-License-Identifier: GPL-3.0-or-later
// RealNVP by LibTorch: the one source file that is compiled with it.
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
#include "core/networks/coupling_stack.h"

namespace anamorph {
namespace {

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
