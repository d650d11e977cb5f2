// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/specification_json.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"

namespace anamorph {

using nlohmann::json;

namespace {

/// One of two names; anything else is damage.
bool is_second(const json& name, const char* first, const char* second) {
    if (name == second) return true;
    if (name == first) return false;
    throw Error(ErrorCode::bad_input, "the name " + name.dump() + " is not known");
}

}  // namespace

namespace {

/// Polygons as lists of [x, y].
json json_of(const std::vector<Points>& outlines) {
    json all = json::array();
    for (const Points& outline : outlines) {
        json corners = json::array();
        for (Index i = 0; i < outline.rows(); ++i) corners.push_back({outline(i, 0), outline(i, 1)});
        all.push_back(corners);
    }
    return all;
}

std::vector<Points> outlines_from_json(const json& all) {
    std::vector<Points> outlines;
    for (const json& corners : all) {
        Points outline(static_cast<Index>(corners.size()), 2);
        for (Index i = 0; i < outline.rows(); ++i) {
            const json& corner = corners.at(static_cast<std::size_t>(i));
            outline.row(i) << corner.at(0).get<double>(), corner.at(1).get<double>();
        }
        outlines.push_back(outline);
    }
    return outlines;
}

json json_of(const LikelihoodOptions& o) {
    return {{"kind", to_string(o.kind)},
            {"neighbours", o.neighbours},
            {"ordering", to_string(o.ordering)},
            {"nugget_form", o.nugget_form == NuggetForm::response ? "response" : "latent"},
            {"ordering_seed", o.ordering_seed},
            {"taper_range", o.taper_range},
            {"taper_form", o.taper_form == TaperForm::one_taper ? "one" : "two"},
            {"inducing_sites", o.inducing_sites},
            {"placement", o.placement == InducingPlacement::k_means ? "k-means" : "maximin"},
            {"fitc", o.fitc},
            {"move_inducing", o.move_inducing},
            {"mesh_edge", o.mesh_edge},
            {"mesh_border", o.mesh_border},
            {"spde_alpha", o.spde_alpha},
            {"spde_basis", o.spde_basis}};
}

LikelihoodOptions likelihood_from_json(const json& j) {
    LikelihoodOptions o;
    o.kind = likelihood_from_string(j.at("kind"));
    o.neighbours = j.at("neighbours");
    o.ordering = ordering_from_string(j.at("ordering"));
    o.nugget_form = is_second(j.at("nugget_form"), "response", "latent") ? NuggetForm::latent
                                                                         : NuggetForm::response;
    o.ordering_seed = j.at("ordering_seed");
    o.taper_range = j.at("taper_range");
    o.taper_form =
        is_second(j.at("taper_form"), "one", "two") ? TaperForm::two_taper : TaperForm::one_taper;
    o.inducing_sites = j.at("inducing_sites");
    o.placement = is_second(j.at("placement"), "k-means", "maximin") ? InducingPlacement::maximin
                                                                     : InducingPlacement::k_means;
    o.fitc = j.at("fitc");
    o.move_inducing = j.at("move_inducing");
    o.mesh_edge = j.at("mesh_edge");
    o.mesh_border = j.at("mesh_border");
    o.spde_alpha = j.at("spde_alpha");
    o.spde_basis = j.value("spde_basis", 0);
    return o;
}

}  // namespace

json json_of(const ModelSpecification& s) {
    return {{"model", model_name(s)},
            {"correlation", to_string(s.correlation)},
            {"structures", s.structures},
            {"transform", to_string(s.transform)},
            {"layer_ridge", s.layer_ridge},
            {"regions", s.regions},
            {"region_outlines", json_of(s.region_outlines)},
            {"kernel_basis", s.kernel_basis},
            {"varying_smoothness", s.varying_smoothness},
            {"log_scale", to_string(s.log_scale)},
            {"varying_nugget", s.varying_nugget},
            {"noise", s.noise == NoiseKind::student ? "student" : "gaussian"},
            {"degrees_of_freedom", s.degrees_of_freedom},
            {"distance_covariates", s.distance_covariates},
            {"smoothness", to_string(s.smoothness)},
            {"trend", to_string(s.trend)},
            {"time_deformation", s.time_deformation == TimeDeformation::together ? "together" : "space"},
            {"likelihood", json_of(s.likelihood)},
            {"design_weight", s.design_weight},
            {"design_term", s.design_term == DesignTerm::coherent ? "coherent" : "talk"},
            {"base_density", s.base_density == BaseDensity::uniform ? "uniform" : "gaussian"},
            {"basis_size", s.basis_size},
            {"ridge", s.ridge},
            {"fine_basis_size", s.fine_basis_size},
            {"fine_ridge", s.fine_ridge},
            {"added_units", s.added_units},
            {"couplings", s.couplings},
            {"hidden_width", s.hidden_width},
            {"jacobian_penalty", s.jacobian_penalty}};
}

ModelSpecification specification_from_json(const json& j) {
    ModelSpecification s;
    // Older files know a deformation, one Matérn structure and no transform.
    set_model(s, j.contains("model") ? j.at("model") : j.at("deformation"));
    if (j.contains("model")) {
        s.correlation = correlation_family_from_string(j.at("correlation"));
        s.structures = j.at("structures");
        s.transform = transform_from_string(j.at("transform"));
        s.layer_ridge = j.at("layer_ridge");
        s.regions = j.at("regions");
        s.kernel_basis = j.at("kernel_basis");
        if (j.contains("region_outlines")) s.region_outlines = outlines_from_json(j.at("region_outlines"));
    }
    s.log_scale = log_scale_from_string(j.at("log_scale"));
    s.varying_smoothness = j.value("varying_smoothness", false);
    s.varying_nugget = j.value("varying_nugget", false);
    if (is_second(j.value("noise", "gaussian"), "gaussian", "student")) s.noise = NoiseKind::student;
    s.degrees_of_freedom = j.value("degrees_of_freedom", s.degrees_of_freedom);
    s.distance_covariates = j.value("distance_covariates", std::vector<std::string>());
    s.smoothness = smoothness_from_string(j.at("smoothness"));
    s.trend = trend_from_string(j.at("trend"));
    if (is_second(j.value("time_deformation", "space"), "space", "together"))
        s.time_deformation = TimeDeformation::together;
    // Files of the first version know the exact likelihood only.
    s.likelihood.kind = LikelihoodKind::exact;
    if (j.contains("likelihood")) s.likelihood = likelihood_from_json(j.at("likelihood"));
    s.design_weight = j.at("design_weight");
    s.design_term = is_second(j.at("design_term"), "coherent", "talk") ? DesignTerm::talk
                                                                       : DesignTerm::coherent;
    s.base_density = is_second(j.at("base_density"), "uniform", "gaussian") ? BaseDensity::gaussian
                                                                            : BaseDensity::uniform;
    s.basis_size = j.at("basis_size");
    s.ridge = j.at("ridge");
    s.fine_basis_size = j.value("fine_basis_size", 0);
    s.fine_ridge = j.value("fine_ridge", s.fine_ridge);
    s.added_units = j.value("added_units", 0);
    s.couplings = j.at("couplings");
    s.hidden_width = j.at("hidden_width");
    s.jacobian_penalty = j.at("jacobian_penalty");
    const auto problems = s.validate();
    if (!problems.empty()) throw Error(ErrorCode::bad_input, problems.front());
    return s;
}

}  // namespace anamorph
