// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/model_realisations.h"

#include "core/data/realisations.h"
#include "core/fit/local_fields.h"
#include "core/likelihood/realisation_rows.h"

namespace anamorph {

Index all_trend_coefficients(const ModelState& model) {
    const ModelSpecification& s = model.specification;
    Index q = trend_columns(s, model.dataset->dimension(), model.dataset->covariates.cols());
    // There may be fewer regions than were asked for, and no region of the rest.
    if (is_regional(s) && s.trend != Trend::none && model.local_basis)
        q += model.local_basis->count() -
             (s.region_outlines.empty() ? s.regions : static_cast<Index>(s.region_outlines.size()) + 1);
    return q * realisation_count(*model.dataset);
}

Vector trend_coefficients_of(const ModelState& model, int realisation) {
    if (!model.dataset->has_realisations()) return model.trend_coefficients;
    const Index q = model.trend_coefficients.size() / realisation_count(*model.dataset);
    return model.trend_coefficients.segment(q * realisation, q);
}

Vector trend_at_sites(const ModelState& model, const Observations& o) {
    if (o.trend.cols() == 0) return Vector::Zero(o.values.size());
    if (o.realisation.empty()) return o.trend * model.trend_coefficients;
    const Index q = o.trend.cols();
    Vector trend(o.values.size());
    for (Index i = 0; i < trend.size(); ++i)
        trend(i) = o.trend.row(i).dot(
            model.trend_coefficients.segment(q * o.realisation[static_cast<std::size_t>(i)], q));
    return trend;
}

ModelState of_one_realisation(const ModelState& model, int realisation) {
    ModelState one(model);
    if (!model.dataset->has_realisations()) return one;
    const std::vector<Index> rows = rows_of_realisation(*model.dataset, realisation);
    auto data = std::make_shared<SpatialDataset>(model.dataset->subset(rows));
    data->realisations.clear();
    one.dataset = std::move(data);
    one.realisation = 0;
    one.rows = nullptr;
    one.trend_coefficients = trend_coefficients_of(model, realisation);
    const auto of_rows = [&](Vector& v) {
        if (v.size() == model.dataset->size()) v = Vector(Vector(v)(rows));
    };
    of_rows(one.leave_one_out_residuals);
    of_rows(one.noise_weights);
    if (model.conditioning && !model.rows)
        one.conditioning =
            std::make_shared<const ConditioningSets>(sets_of_rows(*model.conditioning, rows));
    else
        one.conditioning = nullptr;
    return one;
}

std::string realisation_label(const FittedModel& model) {
    if (!model.dataset().has_realisations()) return {};
    return model.dataset().realisation_labels().at(static_cast<std::size_t>(model.state().realisation));
}

std::shared_ptr<const FittedModel> conditioned_on(const FittedModel& model,
                                                  const std::string& label) {
    auto state = std::make_shared<ModelState>(model.state());
    state->realisation = realisation_named(*state->dataset, label);
    return std::make_shared<const FittedModel>(std::move(state));
}

}  // namespace anamorph
