// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/classes.h"

namespace anamorph {

std::string stage_name(const ModelSpecification& s) {
    return model_label(s, s.log_scale == LogScale::yes) + ", ν = " +
           (s.smoothness == Smoothness::infinite ? "∞" : to_string(s.smoothness));
}

double expected_evaluations(const ModelSpecification& s) {
    const double log_scale = s.log_scale == LogScale::yes ? 20.0 : 0.0;
    switch (s.deformation) {
        case DeformationKind::stationary: return 14.0 + log_scale;
        case DeformationKind::anisotropic: return 18.0 + log_scale;
        case DeformationKind::radial: return 25.0 + log_scale;
        case DeformationKind::velocity_field: return 60.0 + log_scale;
        case DeformationKind::mobius: return 40.0 + log_scale;
        case DeformationKind::axial: return 50.0 + log_scale;
        case DeformationKind::radial_basis: return 70.0 + log_scale;
        case DeformationKind::realnvp:
        case DeformationKind::spline:
        case DeformationKind::network:
        case DeformationKind::layers: break;
    }
    return 150.0 + log_scale;
}

const CandidateModel* find_candidate(const FitResult& result, const ModelSpecification& s) {
    for (const auto& c : result.candidates)
        if (model_name(c.model->specification()) == model_name(s) &&
            c.model->has_log_scale() == (s.log_scale == LogScale::yes))
            return &c;
    return nullptr;
}

}  // namespace anamorph
