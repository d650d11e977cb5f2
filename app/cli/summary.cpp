// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/summary.h"

#include <cmath>

#include "core/data/value_transform.h"
#include "core/fit/covariance_structures.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/io/column_names.h"

namespace anamorph::cli {
namespace {

Json vector_json(const Vector& v) {
    Json array = Json::array();
    for (Index i = 0; i < v.size(); ++i) array.push_back(v(i));
    return array;
}

/// JSON has no infinity and no NaN; the Gaussian covariance's smoothness is written as on the command
/// line.
Json smoothness_json(double smoothness) {
    if (std::isnan(smoothness)) return Json();
    return std::isinf(smoothness) ? Json("inf") : Json(smoothness);
}

Json structures_json(const FittedModel& model) {
    Json array = Json::array();
    for (const auto& s : covariance_structures(model)) {
        Json part = {{"label", s.label},
                     {"partial_sill", s.partial_sill},
                     {"major_range", s.major_range},
                     {"minor_range", s.minor_range},
                     {"major_angle", s.major_angle}};
        if (std::isfinite(s.nugget)) part["nugget"] = s.nugget;
        if (std::isfinite(s.mean)) part["mean"] = s.mean;
        array.push_back(part);
    }
    return array;
}

Json parameters_json(const CovarianceParameters& p) {
    return {{"partial_sill", p.partial_sill},
            {"nugget", p.nugget},
            {"range", p.range},
            {"practical_range", p.practical_range},
            {"smoothness", smoothness_json(p.smoothness)},
            {"covariance", p.covariance},
            {"trend_coefficients", vector_json(p.trend_coefficients)}};
}

Json loss_json(const LossParts& loss) {
    return {{"total", loss.total},
            {"data", loss.data},
            {"design", loss.design},
            {"regulariser", loss.regulariser},
            {"held_out", loss.held_out}};
}

Json candidates_json(const FitResult& fit) {
    Json array = Json::array();
    for (const auto& candidate : fit.candidates) {
        array.push_back({{"model", candidate.model->label()},
                         {"criterion", candidate.criterion},
                         {"weight", candidate.weight},
                         {"chosen", candidate.chosen},
                         {"standing", candidate.standing},
                         {"log_likelihood", candidate.model->log_likelihood()}});
    }
    return array;
}

Json certificate_json(const DeformationCertificate& certificate) {
    return {{"folds", certificate.folds},
            {"minimum_det", certificate.minimum_det},
            {"condition_95", certificate.condition_95},
            {"maximum_condition", certificate.maximum_condition},
            {"log_det_range", certificate.log_det_range},
            {"round_trip_error", certificate.round_trip_error}};
}

/// "  name            value unit" in aligned columns.
std::string row(const std::string& name, const std::string& value, const std::string& unit = {}) {
    std::string line = "  " + name;
    line.resize(std::max<std::size_t>(line.size() + 1, 24), ' ');
    return line + value + (unit.empty() ? "" : " " + unit) + "\n";
}

/// What the i-th coefficient of the trend multiplies (i = 0: one).
std::string trend_function(const FittedModel& model, Index i) {
    const SpatialDataset& data = model.dataset();
    const auto k = static_cast<std::size_t>(i - 1);
    const int d = data.dimension();
    if (model.specification().trend != Trend::covariates) {
        if (i <= d) return data.axis_name(static_cast<int>(k));
        Index at = d + 1;  // quadratic: products of axes a ≤ b
        for (int a = 0; a < d; ++a) {
            for (int b = a; b < d; ++b, ++at) {
                if (at == i) {
                    return a == b ? data.axis_name(a) + "²" : data.axis_name(a) + "·" + data.axis_name(b);
                }
            }
        }
    }
    return k < data.covariate_names.size() ? data.covariate_names[k] : std::to_string(i);
}

/// A third coordinate (depth, pressure, time) has a unit of its own.
std::string axis_unit(const SpatialDataset& dataset, int axis) {
    const auto k = static_cast<std::size_t>(axis);
    if (axis < 2 || k >= dataset.coordinate_names.size()) return dataset.coordinate_system.unit;
    const std::string own = parse_column_name(dataset.coordinate_names[k]).unit;
    const bool shared = own.empty() && !dataset.coordinate_system.is_projected_from_source();
    return shared ? dataset.coordinate_system.unit : own;
}

/// The transform with its parameters; null without one.
Json transform_json(const FittedModel& model) {
    const auto& transform = model.state().transform;
    if (!transform) return nullptr;
    Json object = {{"kind", transform->kind()},
                   {"label", transform->label()},
                   {"description", transform->description()}};
    for (const auto& [name, value] : transform->parameters()) object[name] = value;
    return object;
}

std::string candidates_text(const FitResult& fit) {
    std::string text = "Models tried (criterion, smaller is better)\n";
    for (const auto& candidate : fit.candidates) {
        const std::string label =
            (candidate.chosen ? "* " : "  ") + candidate.model->label();
        std::string line = label;
        line.resize(std::max<std::size_t>(label.size() + 1, 32), ' ');
        text += line + short_number(candidate.criterion) + "  " + candidate.standing + "\n";
    }
    return text;
}

}  // namespace

Json fit_json(const FitResult& fit) {
    const FittedModel& model = fit.model();
    Json warnings = fit.warnings;
    Json smoothness = Json::array();
    for (const auto& [nu, objective] : fit.smoothness_objectives) {
        smoothness.push_back({{"smoothness", smoothness_json(nu)}, {"objective", objective}});
    }
    return {{"selected", model.label()},
            {"transform", transform_json(model)},
            {"parameters", parameters_json(model.parameters())},
            {"structures", structures_json(model)},
            {"log_likelihood", model.log_likelihood()},
            {"criteria", candidates_json(fit)},
            {"smoothness_objectives", smoothness},
            {"loss", loss_json(model.loss())},
            {"certificate", certificate_json(model.certificate())},
            {"effective_parameters", model.effective_parameters()},
            {"termination", to_string(model.termination())},
            {"stopped_early", fit.stopped_early},
            {"iterations", fit.iterations},
            {"seconds", fit.seconds},
            {"warnings", warnings},
            {"verdict_title", fit.verdict_title},
            {"verdict", fit.verdict}};
}

std::string fit_text(const FitResult& fit) {
    const FittedModel& model = fit.model();
    const CovarianceParameters p = model.parameters();
    const SpatialDataset& data = model.dataset();
    const auto& transform = model.state().transform;
    // Sills and trend of transformed values are in a scale of their own.
    const std::string value_unit = transform ? "" : data.value_unit;
    const std::string squared = value_unit.empty() ? "" : value_unit + "²";
    const std::string& length = data.coordinate_system.unit;
    std::string text = "Model: " + model.label() + "\n";
    if (transform) {
        text += row("transform", transform->label());
        text += "  " + transform->description() + " Sill, nugget and trend are those of the transformed values.\n";
    }
    text += row("covariance", p.covariance);
    text += row("partial sill", short_number(p.partial_sill), squared);
    text += row("nugget", short_number(p.nugget), squared);
    text += row("range", short_number(p.range), length);
    text += row("practical range", short_number(p.practical_range), length);
    for (const auto& s : covariance_structures(model)) {
        std::string ranges = "practical range " + short_number(s.major_range);
        if (data.dimension() > 1) ranges += " × " + short_number(s.minor_range);
        ranges += " " + length;
        if (data.dimension() == 2) ranges += " along " + short_number(std::round(s.major_angle)) + "°";
        text += row("  " + s.label, "partial sill " + short_number(s.partial_sill) + ", " + ranges +
                                        (std::isfinite(s.nugget) ? ", nugget " + short_number(s.nugget) : "") +
                                        (std::isfinite(s.mean) ? ", mean " + short_number(s.mean) : ""));
    }
    for (Index i = 0; i < p.trend_coefficients.size(); ++i) {
        if (is_regional(model.specification()) && model.specification().trend != Trend::none) break;
        const std::string of = i == 0 ? "" : trend_function(model, i);
        text += row(i == 0 ? "trend" : "  per " + of, short_number(p.trend_coefficients(i)),
                    i == 0 ? value_unit : "");
    }
    text += row("log-likelihood", short_number(model.log_likelihood()), "nats");
    text += row("loss", short_number(model.loss().total) + " = data " +
                            short_number(model.loss().data) + " + regulariser " +
                            short_number(model.loss().regulariser));
    text += row("iterations", std::to_string(fit.iterations) + " in " + duration(fit.seconds));
    text += row("ended", to_string(model.termination()));
    if (fit.candidates.size() > 1) text += candidates_text(fit);
    if (!fit.verdict.empty()) text += fit.verdict_title + " " + fit.verdict + "\n";
    for (const auto& warning : fit.warnings) text += "Warning: " + warning + "\n";
    return text;
}

Json dataset_json(const SpatialDataset& dataset) {
    const Vector low = dataset.coordinates.colwise().minCoeff();
    const Vector high = dataset.coordinates.colwise().maxCoeff();
    return {{"name", dataset.name},
            {"n", dataset.size()},
            {"dimension", dataset.dimension()},
            {"value", dataset.value_name},
            {"value_unit", dataset.value_unit},
            {"value_range", {dataset.values.minCoeff(), dataset.values.maxCoeff()}},
            {"coordinates", dataset.coordinate_names},
            {"covariates", dataset.covariate_names},
            {"coordinate_system", dataset.coordinate_system.label},
            {"coordinate_unit", dataset.coordinate_system.unit},
            {"lower_bounds", vector_json(low)},
            {"upper_bounds", vector_json(high)},
            {"notes", dataset.notes}};
}

std::string dataset_text(const SpatialDataset& dataset) {
    const Vector low = dataset.coordinates.colwise().minCoeff();
    const Vector high = dataset.coordinates.colwise().maxCoeff();
    std::string text = "Data: " + dataset.name + ", " + std::to_string(dataset.size()) +
                       " sites in " + std::to_string(dataset.dimension()) + "-D\n";
    text += row("value", dataset.value_name, dataset.value_unit);
    text += row("from, to", short_number(dataset.values.minCoeff()) + ", " +
                                short_number(dataset.values.maxCoeff()), dataset.value_unit);
    for (int axis = 0; axis < dataset.dimension(); ++axis) {
        text += row(dataset.axis_name(axis), short_number(low(axis)) + " to " + short_number(high(axis)),
                    axis_unit(dataset, axis));
    }
    for (const auto& name : dataset.covariate_names) text += row("covariate", name);
    if (!dataset.coordinate_system.label.empty()) {
        text += row("coordinate system", dataset.coordinate_system.label);
    }
    return text;
}

}  // namespace anamorph::cli
