// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/likelihood/trend_profile.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/decompositions.h"

namespace anamorph {

bool log_scale_factor(const Vector& log_scale, Index n, Vector& scale) {
    scale = log_scale.size() > 0 ? Vector((0.5 * log_scale.array()).exp()) : Vector::Ones(n);
    return scale.allFinite() && scale.minCoeff() > 0.0;
}

Matrix scaled_columns(const Vector& values, const Matrix& trend, const Vector& scale) {
    Matrix scaled(values.size(), 1 + trend.cols());
    scaled.col(0) = values.cwiseQuotient(scale);
    for (Index k = 0; k < trend.cols(); ++k) scaled.col(1 + k) = trend.col(k).cwiseQuotient(scale);
    return scaled;
}

bool profile_trend(const Matrix& scaled, const Matrix& weights, Vector& residual, Vector& dual,
                   Matrix& trend_information_inverse, ProfiledValue& out) {
    const Index q = scaled.cols() - 1;
    out.trend_coefficients.resize(q);
    trend_information_inverse.resize(q, q);
    residual = scaled.col(0);
    dual = weights.col(0);
    if (q > 0) {
        const Matrix information = scaled.rightCols(q).transpose() * weights.rightCols(q);
        const SymmetricFactor factor(0.5 * (information + information.transpose()));
        if (!factor.is_positive()) return false;
        out.trend_coefficients = factor.solve(weights.rightCols(q).transpose() * scaled.col(0));
        trend_information_inverse = factor.inverse();
        residual -= scaled.rightCols(q) * out.trend_coefficients;
        dual -= weights.rightCols(q) * out.trend_coefficients;
    }
    // 0 where the trend explains all: no estimate of σ², though a fixed one may still be used.
    out.partial_sill = std::max(0.0, residual.dot(dual) / static_cast<double>(scaled.rows()));
    return std::isfinite(out.partial_sill);
}

bool profile_value(double half_log_det, const Vector& log_scale, Index n, double fixed_partial_sill,
                   ProfiledValue& out) {
    const double count = static_cast<double>(n);
    double misfit = 1.0;  // yᵀC⁻¹y / (n σ²)
    if (fixed_partial_sill > 0.0) {
        misfit = out.partial_sill / fixed_partial_sill;
        out.partial_sill = fixed_partial_sill;
    }
    out.quadratic_form = misfit * count;
    out.negative_log_likelihood =
        0.5 * count * (std::log(2.0 * std::numbers::pi * out.partial_sill) + misfit) +
        half_log_det + (log_scale.size() > 0 ? 0.5 * log_scale.sum() : 0.0);
    return out.partial_sill > 0.0 && std::isfinite(out.negative_log_likelihood);
}

}  // namespace anamorph
