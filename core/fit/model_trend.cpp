// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/model_trend.h"

#include "core/fit/local_fields.h"
#include "core/fit/model_realisations.h"

namespace anamorph {

namespace {

bool has_regional_constants(const ModelState& model) {
    return is_regional(model.specification) && model.specification.trend != Trend::none;
}

}  // namespace

Matrix trend_of(const ModelState& model, const Points& x, const Matrix& covariates) {
    const Matrix h = trend_matrix(model.specification.trend, model.standardisation, x, covariates);
    if (!has_regional_constants(model)) return h;
    const Matrix weights = model.local_basis->values(x);
    Matrix regional(h.rows(), h.cols() - 1 + weights.cols());
    regional << weights, h.rightCols(h.cols() - 1);
    return regional;
}

Vector stationary_residuals(const ModelState& model) {
    const Observations o = model.observations();
    Vector residual = o.values;
    residual -= trend_at_sites(model, o);
    if (!model.log_scale_basis) return residual;
    const Vector l = model.log_scale_basis->values(
                         model.standardisation.standardised(model.dataset->coordinates)) *
                     model.log_scale_coefficients;
    return residual.array() * (-0.5 * (l.array() - l.mean())).exp();
}

Vector trend_in_user_units(const ModelState& model) {
    const Vector beta = trend_coefficients_of(model, model.realisation);
    const Trend trend = model.specification.trend;
    if (!has_regional_constants(model))
        return trend_in_user_units(trend, model.standardisation, beta);
    const Index regions = model.local_basis->count(), others = beta.size() - regions;
    Vector common(1 + others);
    common << 0.0, beta.tail(others);
    common = trend_in_user_units(trend, model.standardisation, common);
    Vector out(beta.size());
    out << beta.head(regions).array() + common(0), common.tail(others);
    return out;
}

}  // namespace anamorph
