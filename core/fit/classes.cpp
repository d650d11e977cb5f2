// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/classes.h"

#include <algorithm>

#include "core/fit/local_smoothness.h"

namespace anamorph {

namespace {

/// "ν = 1.5", "ν estimated", "spherical, 2 structures"
std::string covariance_name(const ModelSpecification& s) {
    std::string name;
    if (s.correlation != CorrelationFamily::matern)
        name = to_string(s.correlation);
    else if (has_varying_smoothness(s))
        name = "ν from place to place";
    else if (s.smoothness == Smoothness::estimate)
        name = "ν estimated";
    else
        name = "ν = " + (s.smoothness == Smoothness::infinite ? "∞" : to_string(s.smoothness));
    return s.structures > 1 ? name + ", " + std::to_string(s.structures) + " structures" : name;
}

}  // namespace

std::string stage_name(const ModelSpecification& s) {
    return model_label(s, s.log_scale == LogScale::yes) + ", " + covariance_name(s);
}

double expected_evaluations(const ModelSpecification& s) {
    double more = s.log_scale == LogScale::yes ? 20.0 : 0.0;
    if (s.local != LocalCovariance::same) more += 60.0;
    if (s.structures > 1) more += 30.0;
    if (s.varying_nugget) more += 20.0;
    if (has_varying_smoothness(s)) more += 30.0;
    if (s.noise == NoiseKind::student) more += 60.0;
    more += 5.0 * static_cast<double>(s.distance_covariates.size());
    if (s.correlation == CorrelationFamily::cauchy || s.smoothness == Smoothness::estimate)
        more += 15.0;
    switch (s.deformation) {
        case DeformationKind::stationary: return 14.0 + more;
        case DeformationKind::anisotropic: return 18.0 + more;
        case DeformationKind::radial: return 25.0 + more;
        case DeformationKind::velocity_field: return 60.0 + more;
        case DeformationKind::mobius: return 40.0 + more;
        case DeformationKind::axial: return 50.0 + more;
        case DeformationKind::radial_basis: return 70.0 + more;
        case DeformationKind::realnvp:
        case DeformationKind::spline:
        case DeformationKind::network:
        case DeformationKind::layers: break;
    }
    return 150.0 + more;
}

bool contains(const ModelSpecification& s, DeformationKind kind) {
    if (s.deformation != DeformationKind::layers) return s.deformation == kind;
    return std::find(s.layers.begin(), s.layers.end(), kind) != s.layers.end();
}

bool has_network(const ModelSpecification& s) {
    return contains(s, DeformationKind::realnvp) || contains(s, DeformationKind::network);
}

namespace {

bool same_outlines(const std::vector<Points>& a, const std::vector<Points>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Points& p, const Points& q) {
        return p.rows() == q.rows() && p.cols() == q.cols() && p == q;
    });
}

}  // namespace

bool has_laplace_posterior(const ModelSpecification& s) { return !contains(s, DeformationKind::realnvp); }

const CandidateModel* find_candidate(const FitResult& result, const ModelSpecification& s) {
    for (const auto& c : result.candidates) {
        const ModelSpecification& own = c.model->specification();
        if (model_name(own) == model_name(s) && own.log_scale == s.log_scale &&
            own.structures == s.structures && own.correlation == s.correlation &&
            own.transform == s.transform && own.trend == s.trend && own.regions == s.regions &&
            own.kernel_basis == s.kernel_basis && own.varying_nugget == s.varying_nugget &&
            own.varying_smoothness == s.varying_smoothness &&
            own.noise == s.noise && own.degrees_of_freedom == s.degrees_of_freedom &&
            own.distance_covariates == s.distance_covariates &&
            same_outlines(own.region_outlines, s.region_outlines))
            return &c;
    }
    return nullptr;
}

}  // namespace anamorph
