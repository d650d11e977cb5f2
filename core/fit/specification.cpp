// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/specification.h"

#include <algorithm>

#include "core/base/named_values.h"
#include "core/fit/make_deformation.h"

namespace anamorph {

namespace {

constexpr std::pair<DeformationKind, const char*> deformation_names[] = {
    {DeformationKind::stationary, "stationary"},
    {DeformationKind::anisotropic, "anisotropic"},
    {DeformationKind::velocity_field, "velocity-field"},
    {DeformationKind::realnvp, "realnvp"},
    {DeformationKind::radial, "radial"},
    {DeformationKind::spline, "spline"},
    {DeformationKind::axial, "axial"},
    {DeformationKind::radial_basis, "radial-basis"},
    {DeformationKind::mobius, "mobius"},
    {DeformationKind::network, "network"},
    {DeformationKind::layers, "layers"},
};
constexpr std::pair<LocalCovariance, const char*> local_names[] = {
    {LocalCovariance::same, "same"},
    {LocalCovariance::convolution, "convolution"},
    {LocalCovariance::partition, "partition-of-unity"},
    {LocalCovariance::segmented, "segmented"},
};
constexpr std::pair<TransformKind, const char*> transform_names[] = {
    {TransformKind::none, "none"},
    {TransformKind::log, "log"},
    {TransformKind::square_root, "sqrt"},
    {TransformKind::box_cox, "box-cox"},
    {TransformKind::normal_score, "normal-score"},
};
constexpr std::pair<Trend, const char*> trend_names[] = {
    {Trend::none, "none"},
    {Trend::constant, "constant"},
    {Trend::linear, "linear"},
    {Trend::quadratic, "quadratic"},
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
    check(fine_basis_size == 0 || (fine_basis_size > basis_size && fine_basis_size <= 24),
          "The velocity field's second level needs more centres along each axis than the first, at most "
          "24; 0 leaves it out.",
          problems);
    check(fine_ridge > 0.0 && fine_ridge <= 1e6,
          "The ridge of the second level must be positive and at most 1,000,000.", problems);
    check(added_units >= 0 && added_units <= 32, "The number of added units must lie between 0 and 32.",
          problems);
    check(added_units == 0 || deformation == DeformationKind::velocity_field ||
              deformation == DeformationKind::stationary || deformation == DeformationKind::anisotropic,
          "Units are added to a velocity field on its own, not to \"" + model_name(*this) + "\".", problems);
    check(couplings >= 2 && couplings <= 32, "RealNVP needs between 2 and 32 couplings.", problems);
    check(hidden_width >= 2 && hidden_width <= 128,
          "The width of RealNVP's networks must lie between 2 and 128.", problems);
    check(jacobian_penalty >= 0.0 && jacobian_penalty <= 1e6,
          "The Jacobian penalty must lie between 0 and 1,000,000.", problems);
    check(structures >= 1 && structures <= 3, "A covariance has one to three nested structures.", problems);
    check(structures == 1 || local == LocalCovariance::same,
          "Nested structures go with one covariance everywhere.", problems);
    check(layer_ridge > 0.0 && layer_ridge <= 1e6,
          "The ridge of the layers must be positive and at most 1,000,000.", problems);
    check(regions >= 2 && regions <= 8, "The number of regions must lie between 2 and 8.", problems);
    const bool regional = local == LocalCovariance::partition || local == LocalCovariance::segmented;
    check(!regional || region_outlines.size() <= 8, "At most eight regions can be drawn.", problems);
    for (const Points& outline : region_outlines)
        if (outline.rows() < 3 || outline.cols() != 2 || !outline.allFinite()) {
            problems.emplace_back("The outline of a region has three corners or more, two numbers each.");
            break;
        }
    check(kernel_basis >= 2 && kernel_basis <= 10,
          "The field of kernels needs between 2 and 10 functions along each axis.", problems);
    check((deformation == DeformationKind::layers) == (layers.size() > 1),
          "A deformation of several layers needs a list of at least two.", problems);
    check(layers.size() != 1 || is_axis_aligned(*this), "One layer is named as the deformation itself.", problems);
    check(layers.size() <= 6, "A deformation has at most six layers.", problems);
    check(degrees_of_freedom > 2.0 && degrees_of_freedom <= 100.0,
          "The degrees of freedom of Student noise must be above 2, where its variance ends, and at most 100.",
          problems);
    check(distance_covariates.empty() || (local == LocalCovariance::same && structures == 1),
          "Covariates in the distance go with one structure and one covariance everywhere.", problems);
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

int trend_coefficient_count(Trend trend, int d, Index q) {
    switch (trend) {
        case Trend::none: return 0;
        case Trend::constant: return 1;
        case Trend::linear: return 1 + d;
        case Trend::quadratic: return 1 + d + d * (d + 1) / 2;
        case Trend::covariates: break;
    }
    return 1 + static_cast<int>(q);
}

std::string to_string(LocalCovariance local) { return name_of(local, local_names); }
LocalCovariance local_covariance_from_string(const std::string& name) {
    return value_of(name, "local covariance", local_names);
}
std::string to_string(TransformKind transform) { return name_of(transform, transform_names); }
TransformKind transform_from_string(const std::string& name) {
    return value_of(name, "transform", transform_names);
}

namespace {

/// Deformations that may be one layer of several.
bool is_layer(DeformationKind kind) {
    return kind != DeformationKind::stationary && kind != DeformationKind::anisotropic &&
           kind != DeformationKind::layers;
}

constexpr const char* axis_aligned_name = "axis-aligned";

std::vector<std::string> parts_of(const std::string& name) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t plus; (plus = name.find('+', from)) != std::string::npos; from = plus + 1)
        parts.push_back(name.substr(from, plus - from));
    parts.push_back(name.substr(from));
    return parts;
}

std::string label_of(DeformationKind kind) {
    switch (kind) {
        case DeformationKind::velocity_field: return "velocity field";
        case DeformationKind::realnvp: return "RealNVP";
        case DeformationKind::spline: return "spline coupling";
        case DeformationKind::axial: return "axial warping";
        case DeformationKind::radial_basis: return "radial basis";
        case DeformationKind::mobius: return "Möbius";
        default: return to_string(kind);
    }
}

std::string label_of(LocalCovariance local) {
    switch (local) {
        case LocalCovariance::convolution: return "process convolution";
        case LocalCovariance::partition: return "partition of unity";
        case LocalCovariance::segmented: return "segmented";
        case LocalCovariance::same: break;
    }
    return {};
}

template <class Name>
std::string joined(const std::vector<DeformationKind>& layers, const char* between, const Name& name) {
    std::string text;
    for (auto layer : layers) text += (text.empty() ? "" : between) + name(layer);
    return text;
}

}  // namespace

std::string model_name(const ModelSpecification& s) {
    std::string name = s.deformation == DeformationKind::layers
                           ? joined(s.layers, "+", [](auto k) { return to_string(k); })
                       : is_axis_aligned(s) ? axis_aligned_name
                                            : to_string(s.deformation);
    if (s.local == LocalCovariance::same || is_axis_aligned(s))
        return s.local == LocalCovariance::same ? name : name + "+" + to_string(s.local);
    // A full matrix beneath a local covariance goes without saying.
    return s.deformation == DeformationKind::anisotropic ? to_string(s.local)
                                                         : name + "+" + to_string(s.local);
}

void set_model(ModelSpecification& s, const std::string& name) {
    std::vector<DeformationKind> kinds;
    bool along_axes = false;
    LocalCovariance local = LocalCovariance::same;
    for (const auto& part : parts_of(name)) {
        const auto* found = std::find_if(std::begin(local_names) + 1, std::end(local_names),
                                         [&](const auto& pair) { return part == pair.second; });
        if (found == std::end(local_names)) {
            kinds.push_back(part == axis_aligned_name ? DeformationKind::anisotropic : deformation_from_string(part));
            along_axes = along_axes || part == axis_aligned_name;
            continue;
        }
        if (local != LocalCovariance::same)
            throw Error(ErrorCode::bad_input,
                        "A model has one of convolution, partition-of-unity and segmented; \"" + name +
                            "\" names two.");
        local = found->first;
    }
    if (kinds.size() > 1)
        for (auto kind : kinds)
            if (!is_layer(kind))
                throw Error(ErrorCode::bad_input, "\"" + to_string(kind) + "\" cannot be one layer of several.",
                            "A full matrix is always applied after the layers.");
    if (kinds.size() == 1 && kinds[0] == DeformationKind::layers)
        throw Error(ErrorCode::bad_input, "Name the layers, first applied first: \"axial+radial-basis\".");
    s.local = local;
    s.layers.clear();
    if (kinds.empty()) {
        s.deformation = DeformationKind::anisotropic;
    } else if (kinds.size() == 1) {
        s.deformation = kinds[0];
        if (along_axes) s.layers = {DeformationKind::axial};
    } else {
        s.deformation = DeformationKind::layers;
        s.layers = kinds;
    }
}

std::string model_label(const ModelSpecification& s, bool log_scale) {
    std::string label = s.deformation == DeformationKind::layers
                            ? joined(s.layers, ", ", [](auto k) { return label_of(k); })
                        : is_axis_aligned(s) ? "axis-aligned"
                                             : label_of(s.deformation);
    if (s.local != LocalCovariance::same)
        label = s.deformation == DeformationKind::anisotropic && !is_axis_aligned(s) ? label_of(s.local)
                                                              : label + " + " + label_of(s.local);
    if (log_scale) label += " + log-scale";
    if (s.varying_smoothness && s.local == LocalCovariance::convolution) label += " + varying smoothness";
    if (s.varying_nugget) label += " + varying nugget";
    if (s.noise == NoiseKind::student) label += " + Student noise";
    for (const auto& name : s.distance_covariates) label += " + " + name + " in the distance";
    return label;
}

}  // namespace anamorph
