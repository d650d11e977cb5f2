// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/covariance_structures.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/decompositions.h"
#include "core/deformation/linear.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/fit/model_trend.h"

namespace anamorph {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The Jacobian of the map that is shown where it is the same everywhere; the identity otherwise.
Matrix linear_matrix(const ModelState& s) {
    const int d = s.dataset->dimension();
    const auto* linear = dynamic_cast<const LinearDeformation*>(s.deformation.get());
    if (!linear) return Matrix::Identity(d, d);
    return s.alignment.scale * s.alignment.rotation * linear->matrix() *
           s.standardisation.half_width.cwiseInverse().asDiagonal();
}

void set_ranges(const Matrix& stretch, double practical_range, CovarianceStructure& out) {
    const SingularValues svd = singular_value_decomposition(stretch);
    const Index last = stretch.cols() - 1;
    out.major_range = practical_range / svd.values(last);
    out.minor_range = practical_range / svd.values(0);
    if (stretch.cols() != 2) return;
    const double angle = std::atan2(svd.right(1, last), svd.right(0, last)) * 180.0 / std::numbers::pi;
    out.major_angle = angle < 0.0 ? angle + 180.0 : angle >= 180.0 ? angle - 180.0 : angle;
}

/// Unit vectors spread over the directions of d dimensions, rows.
Points directions(int d) {
    if (d == 1) return Points::Ones(1, 1);
    constexpr int count = 36;
    Points out(count, d);
    for (int i = 0; i < count; ++i) {
        const double angle = std::numbers::pi * (i + 0.5) / count;
        if (d == 2) {
            out.row(i) << std::cos(angle), std::sin(angle);
        } else {
            // A spiral from pole to equator: equal areas of the half sphere.
            const double up = (i + 0.5) / count, round = i * std::numbers::pi * (3.0 - std::sqrt(5.0));
            const double flat = std::sqrt(1.0 - up * up);
            out.row(i) << flat * std::cos(round), flat * std::sin(round), up;
        }
    }
    return out;
}

}  // namespace

Vector average_correlation(const FittedModel& model, const Vector& distances) {
    const ModelState& s = model.state();
    const auto covariance = s.covariance_at_estimate();
    const int d = s.dataset->dimension();
    Points unit = directions(s.dataset->space_dimension());
    if (s.dataset->last_axis_is_time) unit.conservativeResizeLike(Points::Zero(unit.rows(), d));
    const Index count = distances.size(), n = s.dataset->size();
    const Index sites = covariance->local_count() > 0 ? std::min<Index>(n, 40) : 1;
    Matrix local(sites, 0);
    if (covariance->local_count() > 0) {
        Points at(sites, d);
        for (Index i = 0; i < sites; ++i) at.row(i) = s.dataset->coordinates.row(i * n / sites);
        local = s.features(s.standardisation.standardised(at)).local;
    }
    Vector sum = Vector::Zero(count);
    for (Index i = 0; i < sites; ++i)
        for (Index k = 0; k < unit.rows(); ++k) {
            const Points away = distances / s.alignment.scale * unit.row(k);
            sum += cross_correlation(*covariance, away, local.row(i).replicate(count, 1),
                                     Points::Zero(1, d), local.row(i));
        }
    return sum / static_cast<double>(sites * unit.rows());
}

std::vector<CovarianceStructure> covariance_structures(const FittedModel& model) {
    const ModelState& s = model.state();
    const auto covariance = s.covariance_at_estimate();
    const auto parts = covariance->parts();
    const bool regional = is_regional(s.specification);
    const CovarianceParameters p = model.parameters();
    const Matrix linear = linear_matrix(s);
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
        set_ranges(parts[k].stretch * matrix_inverse(s.alignment.rotation) *
                       linear.leftCols(s.dataset->space_dimension()),
                   p.range * parts[k].practical_range_factor, structure);
        out.push_back(structure);
    }
    return out;
}

}  // namespace anamorph
