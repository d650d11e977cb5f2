// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/specification.h"

#include "core/base/named_values.h"

namespace anamorph {

namespace {

constexpr std::pair<DeformationKind, const char*> deformation_names[] = {
    {DeformationKind::stationary, "stationary"},
    {DeformationKind::anisotropic, "anisotropic"},
    {DeformationKind::velocity_field, "velocity-field"},
    {DeformationKind::realnvp, "realnvp"},
    {DeformationKind::radial, "radial"},
};
constexpr std::pair<Trend, const char*> trend_names[] = {
    {Trend::none, "none"},
    {Trend::constant, "constant"},
    {Trend::linear, "linear"},
    {Trend::covariates, "covariates"},
};
constexpr std::pair<LogScale, const char*> log_scale_names[] = {
    {LogScale::no, "no"}, {LogScale::yes, "yes"}, {LogScale::automatic, "auto"}};

void check(bool ok, const std::string& sentence, std::vector<std::string>& problems) {
    if (!ok) problems.push_back(sentence);
}

}  // namespace

std::vector<std::string> ModelSpecification::validate() const {
    std::vector<std::string> problems;
    check(design_weight >= 0.0 && design_weight <= 10.0,
          "The design weight must lie between 0 and 10.", problems);
    check(basis_size >= 3 && basis_size <= 16,
          "The velocity field needs between 3 and 16 centres along each axis.", problems);
    check(ridge > 0.0 && ridge <= 1e6, "The ridge must be positive and at most 1,000,000.", problems);
    check(couplings >= 2 && couplings <= 32, "RealNVP needs between 2 and 32 couplings.", problems);
    check(hidden_width >= 2 && hidden_width <= 128,
          "The width of RealNVP's networks must lie between 2 and 128.", problems);
    check(jacobian_penalty >= 0.0 && jacobian_penalty <= 1e6,
          "The Jacobian penalty must lie between 0 and 1,000,000.", problems);
    for (const auto& p : likelihood.validate()) problems.push_back(p);
    check(likelihood.kind == LikelihoodKind::spde || smoothness != Smoothness::one,
          "Smoothness 1 is that of the SPDE in two dimensions; the other likelihoods take 0.5, 1.5, "
          "2.5 or inf.",
          problems);
    return problems;
}

std::string to_string(DeformationKind kind) { return name_of(kind, deformation_names); }
std::string to_string(Trend trend) { return name_of(trend, trend_names); }
std::string to_string(LogScale log_scale) { return name_of(log_scale, log_scale_names); }

DeformationKind deformation_from_string(const std::string& name) {
    return value_of(name, "deformation", deformation_names);
}
Trend trend_from_string(const std::string& name) { return value_of(name, "trend", trend_names); }
LogScale log_scale_from_string(const std::string& name) {
    return value_of(name, "choice for the log-scale", log_scale_names);
}

std::string model_label(DeformationKind kind, bool log_scale) {
    std::string label;
    switch (kind) {
        case DeformationKind::stationary: label = "stationary"; break;
        case DeformationKind::anisotropic: label = "anisotropic"; break;
        case DeformationKind::velocity_field: label = "velocity field"; break;
        case DeformationKind::realnvp: label = "RealNVP"; break;
        case DeformationKind::radial: label = "radial"; break;
    }
    return log_scale ? label + " + log-scale" : label;
}

}  // namespace anamorph
