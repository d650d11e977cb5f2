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

json json_of(const ModelSpecification& s) {
    return {{"deformation", to_string(s.deformation)},
            {"log_scale", to_string(s.log_scale)},
            {"smoothness", to_string(s.smoothness)},
            {"trend", to_string(s.trend)},
            {"design_weight", s.design_weight},
            {"design_term", s.design_term == DesignTerm::coherent ? "coherent" : "talk"},
            {"base_density", s.base_density == BaseDensity::uniform ? "uniform" : "gaussian"},
            {"basis_size", s.basis_size},
            {"ridge", s.ridge},
            {"couplings", s.couplings},
            {"hidden_width", s.hidden_width},
            {"jacobian_penalty", s.jacobian_penalty}};
}

ModelSpecification specification_from_json(const json& j) {
    ModelSpecification s;
    s.deformation = deformation_from_string(j.at("deformation"));
    s.log_scale = log_scale_from_string(j.at("log_scale"));
    s.smoothness = smoothness_from_string(j.at("smoothness"));
    s.trend = trend_from_string(j.at("trend"));
    s.design_weight = j.at("design_weight");
    s.design_term = is_second(j.at("design_term"), "coherent", "talk") ? DesignTerm::talk
                                                                       : DesignTerm::coherent;
    s.base_density = is_second(j.at("base_density"), "uniform", "gaussian") ? BaseDensity::gaussian
                                                                            : BaseDensity::uniform;
    s.basis_size = j.at("basis_size");
    s.ridge = j.at("ridge");
    s.couplings = j.at("couplings");
    s.hidden_width = j.at("hidden_width");
    s.jacobian_penalty = j.at("jacobian_penalty");
    const auto problems = s.validate();
    if (!problems.empty()) throw Error(ErrorCode::bad_input, problems.front());
    return s;
}

}  // namespace anamorph
