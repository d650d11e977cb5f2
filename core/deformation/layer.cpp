// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/deformation/layer.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"

namespace anamorph {

namespace {

constexpr Index block = 256;  // points handled together
constexpr Index parts = 16;   // partial sums: a fixed number, whatever the threads

/// Calls f(first, points) for each block of rows, in parallel where there are many.
template <class Function>
void for_row_blocks(Index n, const Function& f) {
    const Index blocks = (n + block - 1) / block;
#pragma omp parallel for schedule(static) if (blocks > 4)
    for (Index b = 0; b < blocks; ++b) f(b * block, std::min(block, n - b * block));
}

}  // namespace

/// Keeps the points and goes through the layer again when the adjoint is asked for: a few
/// exponentials a point, against the memory of every intermediate value.
class BlockTape final : public LayerTape {
public:
    BlockTape(std::unique_ptr<Deformation> layer, const Points& x)
        : owner_(std::move(layer)), layer_(dynamic_cast<const Layer&>(*owner_)), x_(x), deformed_(x),
          log_det_(Vector::Zero(x.rows())) {
        for_row_blocks(x.rows(), [&](Index first, Index points) {
            Points u = x_.middleRows(first, points);
            Vector log_det = Vector::Zero(points);
            layer_.map(u, log_det);
            deformed_.middleRows(first, points) = u;
            log_det_.segment(first, points) = log_det;
        });
    }

    [[nodiscard]] const Points& deformed() const override { return deformed_; }
    [[nodiscard]] const Vector& log_abs_det() const override { return log_det_; }

    [[nodiscard]] Vector pull_back_to_points(const Points& d_deformed, const Vector& d_log_det,
                                             Points& d_points) const override {
        d_points.resize(x_.rows(), x_.cols());
        const Index blocks = (x_.rows() + block - 1) / block;
        std::vector<Vector> sums(parts, Vector::Zero(layer_.parameter_count()));
#pragma omp parallel for schedule(static) if (blocks > 4)
        for (Index part = 0; part < parts; ++part)
            for (Index b = blocks * part / parts; b < blocks * (part + 1) / parts; ++b) {
                const Index first = b * block, points = std::min(block, x_.rows() - first);
                Points g = d_deformed.middleRows(first, points);
                Vector gamma;
                if (d_log_det.size() > 0) gamma = d_log_det.segment(first, points);
                layer_.pull_back(x_.middleRows(first, points), g, gamma,
                                 sums[static_cast<std::size_t>(part)]);
                d_points.middleRows(first, points) = g;
            }
        for (std::size_t part = 1; part < sums.size(); ++part) sums[0] += sums[part];
        return sums[0];
    }

private:
    std::unique_ptr<Deformation> owner_;
    const Layer& layer_;
    Points x_, deformed_;
    Vector log_det_;
};

Layer::Layer(std::string name, int dimension, Vector precision)
    : name_(std::move(name)), dimension_(dimension), parameters_(Vector::Zero(precision.size())),
      precision_(std::move(precision)) {
    if (dimension < 1 || dimension > 3)
        throw Error(ErrorCode::bad_input, "A deformation has 1 to 3 dimensions.");
    if (!(precision_.size() == 0 || precision_.minCoeff() >= 0.0))
        throw Error(ErrorCode::bad_input, "The ridge must not be negative.");
}

void Layer::set_parameters(const Vector& parameters) {
    if (parameters.size() != parameters_.size())
        throw Error(ErrorCode::dimension_mismatch,
                    "The layer \"" + name_ + "\" has " + std::to_string(parameters_.size()) +
                        " parameters, not " + std::to_string(parameters.size()) + ".");
    parameters_ = parameters;
    parameters_changed();
}

Points Layer::forward(const Points& x) const {
    Points out(x.rows(), x.cols());
    for_row_blocks(x.rows(), [&](Index first, Index points) {
        Points u = x.middleRows(first, points);
        Vector log_det = Vector::Zero(points);
        map(u, log_det);
        out.middleRows(first, points) = u;
    });
    return out;
}

Vector Layer::log_abs_det(const Points& x) const {
    Vector out(x.rows());
    for_row_blocks(x.rows(), [&](Index first, Index points) {
        Points u = x.middleRows(first, points);
        Vector log_det = Vector::Zero(points);
        map(u, log_det);
        out.segment(first, points) = log_det;
    });
    return out;
}

Points Layer::inverse(const Points& u) const {
    require_inverse();
    Points out(u.rows(), u.cols());
    for_row_blocks(u.rows(), [&](Index first, Index points) {
        Points x = u.middleRows(first, points);
        invert(x);
        out.middleRows(first, points) = x;
    });
    if (!out.allFinite())
        throw Error(ErrorCode::not_finite, "The inverse of the layer \"" + name_ +
                                               "\" was not found at some points.");
    return out;
}

std::unique_ptr<DeformationTape> Layer::record(const Points& x) const {
    return std::make_unique<BlockTape>(clone(), x);
}

double Layer::regulariser(Vector& gradient) const {
    gradient += precision_.cwiseProduct(parameters_);
    return 0.5 * precision_.dot(parameters_.cwiseAbs2());
}

}  // namespace anamorph
