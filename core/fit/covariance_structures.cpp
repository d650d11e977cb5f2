// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/covariance_structures.h"

#include <Eigen/SVD>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/deformation/linear.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"

namespace anamorph {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The Jacobian of the map that is shown where it is the same everywhere; the identity otherwise.
Matrix linear_part(const ModelState& s) {
    const int d = s.dataset->dimension();
    const auto* linear = dynamic_cast<const LinearDeformation*>(s.deformation.get());
    if (!linear) return Matrix::Identity(d, d);
    return s.alignment.scale * s.alignment.rotation * linear->matrix() *
           s.standardisation.half_width.cwiseInverse().asDiagonal();
}

void set_ranges(const Matrix& stretch, double practical_range, CovarianceStructure& out) {
    const Eigen::JacobiSVD<Matrix> svd(stretch, Eigen::ComputeFullV);
    const Index last = stretch.cols() - 1;
    out.major_range = practical_range / svd.singularValues()(last);
    out.minor_range = practical_range / svd.singularValues()(0);
    if (stretch.cols() != 2) return;
    const double angle = std::atan2(svd.matrixV()(1, last), svd.matrixV()(0, last)) * 180.0 / std::numbers::pi;
    out.major_angle = angle < 0.0 ? angle + 180.0 : angle >= 180.0 ? angle - 180.0 : angle;
}

}  // namespace

std::vector<CovarianceStructure> covariance_structures(const FittedModel& model) {
    const ModelState& s = model.state();
    const auto covariance = s.covariance_at_estimate();
    const auto parts = covariance->parts();
    const bool regional = is_regional(s.specification);
    const CovarianceParameters p = model.parameters();
    const Matrix linear = linear_part(s);
    const Vector beta = regional ? trend_in_user_units(s) : Vector();
    std::vector<CovarianceStructure> out;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const auto i = static_cast<Index>(k);
        CovarianceStructure structure;
        structure.label = parts[k].label;
        structure.partial_sill =
            regional ? s.partial_sill * std::exp(s.log_scale_coefficients(i)) : parts[k].share * p.partial_sill;
        structure.nugget = regional ? structure.partial_sill *
                                          std::exp(s.log_nugget_ratio + s.log_noise_coefficients(i))
                                    : none;
        structure.mean = i < beta.size() && s.specification.trend != Trend::none ? beta(i) : none;
        set_ranges(s.alignment.rotation * parts[k].stretch * s.alignment.rotation.transpose() * linear,
                   p.range * parts[k].practical_range_factor, structure);
        out.push_back(structure);
    }
    return out;
}

}  // namespace anamorph
