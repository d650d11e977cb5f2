// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/specification.h"

#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"

namespace anamorph {

namespace {

template <class T, std::size_t N>
using Names = const std::pair<T, const char*> (&)[N];

constexpr std::pair<DeformationKind, const char*> deformation_names[] = {
    {DeformationKind::stationary, "stationary"},
    {DeformationKind::anisotropic, "anisotropic"},
    {DeformationKind::velocity_field, "velocity-field"},
    {DeformationKind::realnvp, "realnvp"},
    {DeformationKind::radial, "radial"},
};
constexpr std::pair<Smoothness, const char*> smoothness_names[] = {
    {Smoothness::automatic, "auto"},  {Smoothness::half, "0.5"}, {Smoothness::three_halves, "1.5"},
    {Smoothness::five_halves, "2.5"}, {Smoothness::infinite, "inf"},
};
constexpr std::pair<Trend, const char*> trend_names[] = {
    {Trend::none, "none"},
    {Trend::constant, "constant"},
    {Trend::linear, "linear"},
    {Trend::covariates, "covariates"},
};
constexpr std::pair<LogScale, const char*> log_scale_names[] = {
    {LogScale::no, "no"}, {LogScale::yes, "yes"}, {LogScale::automatic, "auto"}};

template <class T, std::size_t N>
std::string name_of(T value, Names<T, N> names) {
    for (const auto& [key, name] : names)
        if (key == value) return name;
    throw Error(ErrorCode::bad_input, "An unknown choice of the model specification.");
}

template <class T, std::size_t N>
T value_of(const std::string& text, const char* what, Names<T, N> names) {
    std::string known;
    for (const auto& [key, name] : names) {
        if (text == name) return key;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(ErrorCode::bad_input, "\"" + text + "\" is not a " + what + ".",
                "Choose one of: " + known + ".");
}

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
    return problems;
}

std::string to_string(DeformationKind kind) { return name_of(kind, deformation_names); }
std::string to_string(Smoothness smoothness) { return name_of(smoothness, smoothness_names); }
std::string to_string(Trend trend) { return name_of(trend, trend_names); }
std::string to_string(LogScale log_scale) { return name_of(log_scale, log_scale_names); }

DeformationKind deformation_from_string(const std::string& name) {
    return value_of(name, "deformation", deformation_names);
}
Smoothness smoothness_from_string(const std::string& name) {
    return value_of(name, "smoothness", smoothness_names);
}
Trend trend_from_string(const std::string& name) { return value_of(name, "trend", trend_names); }
LogScale log_scale_from_string(const std::string& name) {
    return value_of(name, "choice for the log-scale", log_scale_names);
}

double smoothness_value(Smoothness smoothness) {
    switch (smoothness) {
        case Smoothness::half: return 0.5;
        case Smoothness::three_halves: return 1.5;
        case Smoothness::five_halves: return 2.5;
        case Smoothness::infinite: return std::numeric_limits<double>::infinity();
        case Smoothness::automatic: break;
    }
    throw Error(ErrorCode::bad_input, "The smoothness was not chosen yet.");
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
