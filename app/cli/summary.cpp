// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/summary.h"

#include <cmath>

#include "core/data/realisations.h"
#include "core/data/time_axis.h"
#include "core/data/value_transform.h"
#include "core/fit/covariance_structures.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/local_fields.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/model_realisations.h"
#include "core/fit/model_state.h"
#include "core/fit/student_noise.h"
#include "core/fit/velocity_levels.h"
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

/// The smoothness at the sites, ascending.
Vector sorted_smoothness(const FittedModel& model) {
    Vector nu = smoothness_at(model, model.dataset().coordinates);
    std::sort(nu.begin(), nu.end());
    return nu;
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
            {"time_range", p.time_range > 0.0 ? Json(p.time_range) : Json(nullptr)},
            {"practical_time_range", p.time_range > 0.0 ? Json(p.practical_time_range) : Json(nullptr)},
            {"smoothness", smoothness_json(p.smoothness)},
            {"covariance", p.covariance},
            {"trend_coefficients", vector_json(p.trend_coefficients)}};
}

/// Of a smoothness that varies: least, median and greatest over the sites; null otherwise.
Json smoothness_over_sites_json(const FittedModel& model) {
    if (!has_varying_smoothness(model.specification())) return Json();
    const Vector nu = sorted_smoothness(model);
    return {{"least", nu(0)}, {"median", nu(nu.size() / 2)}, {"greatest", nu(nu.size() - 1)}};
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
    if (dataset.last_axis_is_time && axis == dataset.dimension() - 1)
        return is_calendar(dataset.time_unit) ? "" : dataset.time_unit;
    if (dataset.coordinate_system.chordal) return dataset.coordinate_system.unit;
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

/// The sites that Student noise takes for outliers, least weight first.
/// The groups of a velocity field's functions: grids (centres along each axis) and single units (places and
/// widths in working coordinates); null for other models.
Json velocity_field_json(const FittedModel& model) {
    const VelocityField* field = velocity_field_of(model.state());
    if (!field) return Json();
    const Standardisation& s = model.state().standardisation;
    const int d = field->dimension();
    Json levels = Json::array(), units = Json::array();
    for (std::size_t k = 0; k < field->basis().levels().size(); ++k)
        levels.push_back({{"centres", field->basis().levels()[k].sizes()}, {"ridge", field->groups()[k].ridge}});
    const GaussianUnits& added = field->basis().units();
    for (Index i = 0; i < added.count(); ++i) {
        const Vector centre = added.centres.row(i).transpose().cwiseProduct(s.half_width.head(d)) + s.centre.head(d);
        const Vector width = added.widths.row(i).transpose().cwiseProduct(s.half_width.head(d));
        units.push_back({{"centre", vector_json(centre)}, {"width", vector_json(width)}});
    }
    return {{"levels", levels}, {"units", units}};
}

Json outliers_json(const FittedModel& model) {
    Json array = Json::array();
    const SpatialDataset& data = model.dataset();
    for (const Outlier& o : outliers(model)) {
        Json one = {{"row", o.row + 1},
                    {"coordinates", vector_json(data.coordinates.row(o.row).transpose())},
                    {"value", data.values(o.row)},
                    {"weight", o.weight},
                    {"residual", o.residual}};
        if (!data.source_lines.empty()) one["line"] = data.source_lines[static_cast<std::size_t>(o.row)];
        array.push_back(one);
    }
    return array;
}

Json noise_json(const FittedModel& model) {
    const ModelSpecification& s = model.specification();
    if (!has_student_noise(s)) return Json::object({{"kind", "gaussian"}});
    return {{"kind", "student"},
            {"degrees_of_freedom", s.degrees_of_freedom},
            {"evidence", "lower bound"},
            {"outliers", outliers_json(model)}};
}

Json covariate_scales_json(const FittedModel& model) {
    Json array = Json::array();
    for (const CovariateScale& c : covariate_scales(model))
        array.push_back({{"covariate", c.name}, {"range", c.range}, {"length_of_one_deviation", c.equivalent}});
    return array;
}

/// Scales of the distance's covariates, and outliers.
std::string noise_and_distance_text(const FittedModel& model) {
    std::string text;
    const SpatialDataset& data = model.dataset();
    for (const CovariateScale& c : covariate_scales(model))
        text += row("range in " + c.name, short_number(c.range) + ", one standard deviation counts like " +
                                              short_number(c.equivalent),
                    data.coordinate_system.unit);
    if (!has_student_noise(model.specification())) return text;
    const std::vector<Outlier> found = outliers(model);
    text += row("noise", "Student, " + short_number(model.specification().degrees_of_freedom) +
                             " degrees of freedom; " + std::to_string(found.size()) + " of " +
                             std::to_string(data.size()) + " sites are outliers");
    constexpr std::size_t most = 10;
    for (std::size_t k = 0; k < std::min(found.size(), most); ++k) {
        const Outlier& o = found[k];
        const std::string where =
            data.source_lines.empty() ? "row " + std::to_string(o.row + 1)
                                      : "line " + std::to_string(data.source_lines[static_cast<std::size_t>(o.row)]);
        text += row("  " + where, "value " + short_number(data.values(o.row)) + ", weight " + short_number(o.weight) +
                                      ", residual " + short_number(o.residual));
    }
    if (found.size() > most) text += row("", "and " + std::to_string(found.size() - most) + " more");
    return text;
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
            {"smoothness_over_sites", smoothness_over_sites_json(model)},
            {"structures", structures_json(model)},
            {"noise", noise_json(model)},
            {"distance_covariates", covariate_scales_json(model)},
            {"log_likelihood", model.log_likelihood()},
            {"criteria", candidates_json(fit)},
            {"smoothness_objectives", smoothness},
            {"loss", loss_json(model.loss())},
            {"certificate", certificate_json(model.certificate())},
            {"velocity_field", velocity_field_json(model)},
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
    if (has_varying_smoothness(model.specification())) {
        const Vector nu = sorted_smoothness(model);
        text += row("smoothness", short_number(nu(0)) + " to " + short_number(nu(nu.size() - 1)) +
                                      " over the sites, median " + short_number(nu(nu.size() / 2)));
    }
    text += row("partial sill", short_number(p.partial_sill), squared);
    text += row("nugget", short_number(p.nugget), squared);
    text += row("range", short_number(p.range), length);
    text += row("practical range", short_number(p.practical_range), length);
    if (p.time_range > 0.0) {
        const std::string unit = span_unit(data.time_unit);
        text += row("range of time", short_number(p.time_range), unit);
        text += row("  practical", short_number(p.practical_time_range), unit);
        text += row("deformed",
                    model.specification().time_deformation == TimeDeformation::together ? "space and time together"
                                                                                       : "space alone");
    }
    for (const auto& s : covariance_structures(model)) {
        std::string ranges = "practical range " + short_number(s.major_range);
        if (data.space_dimension() > 1) ranges += " × " + short_number(s.minor_range);
        ranges += " " + length;
        if (data.space_dimension() == 2) ranges += " along " + short_number(std::round(s.major_angle)) + "°";
        text += row("  " + s.label, "partial sill " + short_number(s.partial_sill) + ", " + ranges +
                                        (std::isfinite(s.nugget) ? ", nugget " + short_number(s.nugget) : "") +
                                        (std::isfinite(s.mean) ? ", mean " + short_number(s.mean) : ""));
    }
    for (Index i = 0; i < p.trend_coefficients.size(); ++i) {
        if (is_regional(model.specification()) && model.specification().trend != Trend::none) break;
        const std::string of = i == 0 ? "" : trend_function(model, i);
        const std::string name = data.has_realisations() && i == 0 ? "trend of " + realisation_label(model) : "trend";
        text += row(i == 0 ? name : "  per " + of, short_number(p.trend_coefficients(i)),
                    i == 0 ? value_unit : "");
    }
    text += noise_and_distance_text(model);
    if (velocity_field_of(model.state())) text += row("velocity field", resolution_of(model.state()));
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
            {"time", dataset.last_axis_is_time ? Json(dataset.axis_name(dataset.dimension() - 1)) : Json(nullptr)},
            {"time_unit", dataset.time_unit},
            {"chordal", dataset.coordinate_system.chordal},
            {"covariates", dataset.covariate_names},
            {"realisations", realisation_count(dataset)},
            {"places", dataset.has_realisations() ? Json(place_count(dataset)) : Json(nullptr)},
            {"coordinate_system", dataset.coordinate_system.label},
            {"coordinate_unit", dataset.coordinate_system.unit},
            {"lower_bounds", vector_json(low)},
            {"upper_bounds", vector_json(high)},
            {"notes", dataset.notes}};
}

namespace {

std::string dimension_text(const SpatialDataset& dataset) {
    if (dataset.coordinate_system.chordal) return "on the sphere";
    const std::string space = "in " + std::to_string(dataset.space_dimension()) + "-D";
    return dataset.last_axis_is_time ? space + " and time" : space;
}

}  // namespace

std::string dataset_text(const SpatialDataset& dataset) {
    const Vector low = dataset.coordinates.colwise().minCoeff();
    const Vector high = dataset.coordinates.colwise().maxCoeff();
    std::string text =
        "Data: " + dataset.name + ", " + size_in_words(dataset) + " " + dimension_text(dataset) + "\n";
    text += row("value", dataset.value_name, dataset.value_unit);
    text += row("from, to", short_number(dataset.values.minCoeff()) + ", " +
                                short_number(dataset.values.maxCoeff()), dataset.value_unit);
    for (int axis = 0; axis < dataset.dimension(); ++axis) {
        const bool dates = dataset.last_axis_is_time && axis == dataset.dimension() - 1 &&
                           is_calendar(dataset.time_unit);
        const auto shown = [&](double x) { return dates ? iso_from_days(x) : short_number(x); };
        text += row(dataset.axis_name(axis), shown(low(axis)) + " to " + shown(high(axis)),
                    axis_unit(dataset, axis));
    }
    for (const auto& name : dataset.covariate_names) text += row("covariate", name);
    if (!dataset.coordinate_system.label.empty()) {
        text += row("coordinate system", dataset.coordinate_system.label);
    }
    return text;
}

}  // namespace anamorph::cli
