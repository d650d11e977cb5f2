// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "core/base/decompositions.h"
#include "core/data/realisations.h"
#include "core/data/value_transform.h"
#include "core/fit/classes.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_state.h"
#include "core/fit/student_noise.h"

namespace anamorph {

namespace {

constexpr double least_warned_residual = 5.0;
constexpr double largest_log_det_range = 10.0;
constexpr double largest_condition = 1e3;
constexpr double least_correlation_gain = 3.0;  // nats; 5 % of pure noise gains more

/// Log-likelihood without spatial correlation: trend and independent errors, variance profiled.
double independent_log_likelihood(const FittedModel& m) {
    const Observations data = m.state().observations();
    const auto& transform = m.state().transform;
    const double log_jacobian =
        transform ? log_derivatives(*transform, m.dataset().values).sum() : 0.0;
    const Vector precision = data.noise_scale.cwiseInverse().cwiseSqrt();
    const Matrix h = precision.asDiagonal() * data.trend;
    Vector residual = precision.cwiseProduct(data.values);
    for (int r = 0; r < realisation_count(m.dataset()) && h.cols() > 0; ++r) {
        const std::vector<Index> rows = rows_of_realisation(m.dataset(), r);
        const Matrix own = h(rows, Eigen::all);
        const Vector y = residual(rows);
        residual(rows) = y - own * least_squares(own, y);
    }
    const double n = static_cast<double>(residual.size());
    return -0.5 * n * (std::log(2.0 * std::numbers::pi * residual.squaredNorm() / n) + 1.0) +
           precision.array().log().sum() + log_jacobian -
           student_penalty(m.state().noise_weights, m.specification().degrees_of_freedom);
}

/// Five standard deviations, and more where so many sites would reach that by chance.
double residual_limit(Index n) {
    return std::max(least_warned_residual, std::sqrt(2.0 * std::log(200.0 * static_cast<double>(n))));
}

}  // namespace

bool is_warp(const FittedModel& m) {
    const auto kind = m.specification().deformation;
    return kind != DeformationKind::stationary && kind != DeformationKind::anisotropic;
}

std::string fixed_number(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, std::abs(value));
    return (value < 0.0 ? "−" : "") + std::string(text);
}

std::optional<std::string> outlier_warning(const FittedModel& m) {
    const Vector& r = m.leave_one_out_residuals();
    if (r.size() == 0) return std::nullopt;
    Index worst = 0;
    const double largest = r.cwiseAbs().maxCoeff(&worst);
    const double limit = residual_limit(r.size());
    const auto count = (r.array().abs() > limit).count();
    if (count == 0) return std::nullopt;
    const auto& lines = m.dataset().source_lines;
    const std::string where =
        lines.empty() ? "row " + std::to_string(worst + 1)
                      : "line " + std::to_string(lines[static_cast<std::size_t>(worst)]);
    return std::to_string(count) + (count == 1 ? " site is an outlier" : " sites are outliers") +
           " of the " + m.label() + " model: left out, it is missed by more than " +
           fixed_number(limit, 0) + " standard deviations (worst " + fixed_number(largest, 1) + ", " + where +
           "). Check it" +
           (m.specification().transform == TransformKind::none
                ? ", or transform the variable (a logarithm, say)"
                : ", or choose another transform") +
           " before a deformation is believed.";
}

std::optional<std::string> collapse_warning(const FittedModel& m) {
    if (!is_warp(m) || contains(m.specification(), DeformationKind::radial)) return std::nullopt;
    const DeformationCertificate c = m.certificate();
    if (c.folds) return std::nullopt;  // another sentence
    if (c.log_det_range <= largest_log_det_range && c.maximum_condition <= largest_condition)
        return std::nullopt;
    std::string s = "The deformation is nearly singular: log|det J| varies by " +
                    fixed_number(c.log_det_range, 1);
    if (m.dataset().dimension() > 1)
        s += ", stretches differ by up to " + fixed_number(c.maximum_condition, 0) + " : 1";
    return s + ". A jump in the field, an outlier or a small ridge makes such maps; compare the "
               "prediction with the stationary model's before using it.";
}

std::optional<std::string> no_correlation_warning(const FittedModel& m) {
    const double gain = m.log_likelihood() - independent_log_likelihood(m);
    if (!(gain < least_correlation_gain)) return std::nullopt;
    return "No spatial correlation is visible: the " + m.label() + " model is only " +
           fixed_number(std::max(gain, 0.0), 1) +
           " nats more likely than independent values. Partial sill and nugget cannot be told "
           "apart, and the map is close to the mean or trend.";
}

namespace {

/// Regions by k-means are as many as hold enough sites each.
std::optional<std::string> fewer_regions_warning(const FittedModel& m) {
    const ModelSpecification& s = m.specification();
    if (!is_regional(s) || !s.region_outlines.empty() || !m.state().local_basis) return std::nullopt;
    const auto count = static_cast<int>(m.state().local_basis->count());
    if (count >= s.regions) return std::nullopt;
    return "There are too few sites for " + std::to_string(s.regions) + " regions, each with ten or more: " +
           (count == 1 ? "the model has one region, and is the same everywhere."
                       : "the model has " + std::to_string(count) + ".");
}

}  // namespace

std::vector<std::string> warnings_about(const FittedModel& m) {
    std::vector<std::string> out;
    if (auto w = no_correlation_warning(m)) out.push_back(*w);
    if (auto w = outlier_warning(m)) out.push_back(*w);
    if (auto w = persistent_sites_warning(m)) out.push_back(*w);
    for (auto& w : mesh_warnings(m)) out.push_back(std::move(w));
    if (auto w = fewer_regions_warning(m)) out.push_back(*w);
    if (!is_warp(m)) return out;
    const Vector& r = m.leave_one_out_residuals();
    const double square =
        r.size() > 0 ? r.squaredNorm() / static_cast<double>(r.size()) : 1.0;
    if (square > 1.3)
        out.push_back("Leave-one-out errors are larger than predicted (mean square " +
                      fixed_number(square, 2) +
                      " instead of 1): look for duplicated or clustered sites.");
    if (auto w = collapse_warning(m)) out.push_back(*w);
    if (auto w = fold_warning(m)) {
        out.push_back(*w);
        return out;
    }
    const DeformationCertificate c = m.certificate();
    if (c.condition_95 > 10.0 && c.maximum_condition <= largest_condition &&
        !contains(m.specification(), DeformationKind::radial))
        out.push_back("Local anisotropy exceeds 10 : 1 in 5 % of the area (95 % quantile " +
                      fixed_number(c.condition_95, 1) + "): strong for most data, look twice.");
    return out;
}

}  // namespace anamorph
