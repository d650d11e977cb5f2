// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/model_choice.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/data/realisations.h"
#include "core/fit/classes.h"
#include "core/fit/combinations.h"
#include "core/fit/make_deformation.h"
#include "core/fit/objective.h"

namespace anamorph {
namespace {

constexpr const char* log_scale_suffix = "+log-scale";
constexpr const char* varying_nugget_suffix = "+varying-nugget";
constexpr const char* varying_smoothness_suffix = "+varying-smoothness";
constexpr const char* student_suffix = "+student";
constexpr const char* spde_name = "spde";
constexpr int spde_basis = 4;    ///< functions along each axis, where `base` names none
constexpr Index trial_sites = 60;

/// Whether the variance varies as part of the family, so that a log-scale would say it twice.
struct Family {
    const char* name;
    bool own_variance;
};
constexpr std::array families = {
    Family{"stationary", false},   Family{"axis-aligned", false},
    Family{"anisotropic", false},
    Family{"velocity-field", false}, Family{"realnvp", false},
    Family{"radial", false},       Family{"spline", false},
    Family{"axial", false},        Family{"radial-basis", false},
    Family{"mobius", false},       Family{"network", false},
    Family{"axial+radial-basis", false}, Family{"convolution", true},
    Family{"partition-of-unity", true},  Family{"segmented", true},
    Family{spde_name, true},
};

/// Takes the transform of the values off the end of "a+log"; none if there is none.
TransformKind take_transform(std::string& name) {
    for (auto kind : {TransformKind::log, TransformKind::square_root, TransformKind::box_cox,
                      TransformKind::normal_score}) {
        const std::string last = "+" + to_string(kind);
        if (name.size() <= last.size() || !name.ends_with(last)) continue;
        name.resize(name.size() - last.size());
        return kind;
    }
    return TransformKind::none;
}

/// Takes a suffix off the end of a name; true if it was there.
bool take_suffix(std::string& name, const std::string& suffix) {
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) return false;
    name.resize(name.size() - suffix.size());
    return true;
}

/// Takes "+log-scale", "+varying-nugget", "+varying-smoothness" and "+student" off the end, in any order;
/// true if the first was there.
bool take_varying_parts(std::string& name, ModelSpecification& s) {
    bool log_scale = false;
    // What all models of a list are asked to have belongs to the convolutions among them alone.
    if (name.find(to_string(LocalCovariance::convolution)) == std::string::npos) s.varying_smoothness = false;
    while (true) {
        if (take_suffix(name, varying_nugget_suffix))
            s.varying_nugget = true;
        else if (take_suffix(name, varying_smoothness_suffix))
            s.varying_smoothness = true;
        else if (take_suffix(name, student_suffix))
            s.noise = NoiseKind::student;
        else if (take_suffix(name, log_scale_suffix))
            log_scale = true;
        else
            return log_scale;
    }
}

/// Takes "spde" out of "a+spde"; true if it was there.
bool take_spde(std::string& name) {
    const std::string last = std::string("+") + spde_name;
    if (name == spde_name) {
        name = to_string(DeformationKind::stationary);
        return true;
    }
    if (!name.ends_with(last)) return false;
    name.resize(name.size() - last.size());
    return true;
}

/// Whether a full or axis-aligned matrix says no more than the stationary model, which has a scale of the plane,
/// one of the vertical and one of the time: on a transect, say.
bool repeats_stationary(const ModelSpecification& s, const SpatialDataset& dataset) {
    if (s.deformation != DeformationKind::anisotropic || s.local != LocalCovariance::same) return false;
    if (is_axis_aligned(s) && dataset.coordinate_system.chordal) return true;  // axes without a meaning
    ModelSpecification plain = s;
    set_model(plain, "stationary");
    const Axes axes(dataset);
    return make_deformation(s, axes, 1)->parameter_count() == make_deformation(plain, axes, 1)->parameter_count();
}

/// What is fitted in the end, with everything resolved that a trial needs.
ModelSpecification resolved(const ModelChoice& choice, const SpatialDataset& dataset) {
    ModelSpecification s = with_resolved_likelihood(choice.specification, dataset);
    if (s.smoothness == Smoothness::automatic) s.smoothness = Smoothness::three_halves;
    if (s.log_scale == LogScale::automatic) s.log_scale = LogScale::no;
    return s;
}

/// Rows spread evenly over the table, enough for one evaluation.
std::vector<Index> some_rows(Index n) {
    std::vector<Index> rows;
    const Index count = std::min(n, trial_sites);
    for (Index k = 0; k < count; ++k) rows.push_back(k * n / count);
    return rows;
}

/// Whether the model can be made on these data, has what its name says, and is not refused when its
/// objective is evaluated on a few of the sites.
bool can_be_made(const std::shared_ptr<const SpatialDataset>& dataset,
                 const std::shared_ptr<const SpatialDataset>& few, const ModelSpecification& s) {
    try {
        const ModelState model = make_model(dataset, s, 1);
        if (s.local != LocalCovariance::same && !model.local_basis) return false;
        ModelSpecification coarse = s;  // the trial needs no fine mesh
        coarse.likelihood.mesh_edge =
            0.4 * (few->coordinates.colwise().maxCoeff() - few->coordinates.colwise().minCoeff()).maxCoeff();
        Objective objective(make_model(few, coarse, 1));
        double value = 0.0;
        Vector gradient;
        (void)objective.evaluate(objective.start(), value, gradient);
    } catch (const Error& error) {
        return error.code() != ErrorCode::unsupported;
    }
    return true;
}

}  // namespace

ModelChoice model_choice_from_name(const std::string& name, const ModelSpecification& base) {
    ModelChoice choice;
    choice.name = name;
    choice.specification = base;
    ModelSpecification& s = choice.specification;
    std::string model = name;
    if (const TransformKind own = take_transform(model); own != TransformKind::none) s.transform = own;
    const bool with_log_scale = take_varying_parts(model, s);
    if (model == "auto") {
        choice.automatic = true;
        if (with_log_scale) s.log_scale = LogScale::yes;
        return choice;
    }
    if (take_spde(model)) {
        s.likelihood.kind = LikelihoodKind::spde;
        if (s.likelihood.spde_basis == 0) s.likelihood.spde_basis = spde_basis;
        s.smoothness = Smoothness::automatic;  // it follows from the order and the dimension
    }
    set_model(s, model);
    if (with_log_scale) {
        s.log_scale = LogScale::yes;
    } else if (base.log_scale == LogScale::automatic) {
        s.log_scale = LogScale::no;
    }
    return choice;
}

std::vector<std::string> model_names_for(const SpatialDataset& dataset,
                                         const ModelSpecification& base) {
    const auto all = std::make_shared<const SpatialDataset>(dataset);
    const auto few = std::make_shared<const SpatialDataset>(dataset.subset(some_rows(dataset.size())));
    std::vector<std::string> names;
    const auto offer = [&](const std::string& name) {
        const ModelChoice choice = model_choice_from_name(name, base);
        CombinationRequest request;
        request.specification = resolved(choice, dataset);
        request.automatic_model = choice.automatic;
        request.sites = largest_realisation(dataset);
        request.dimension = dataset.dimension();
        request.last_axis_is_time = dataset.last_axis_is_time;
        request.chordal = dataset.coordinate_system.chordal;
        request.trend_coefficients =
            trend_coefficient_count(base.trend, dataset.dimension(), dataset.covariates.cols());
        if (refusal(request) || repeats_stationary(request.specification, dataset)) return;
        if (choice.automatic || can_be_made(all, few, request.specification)) names.push_back(name);
    };
    for (const Family& family : families) {
        offer(family.name);
        // Where all are asked to have the log-scale, the plain names have it.
        if (!family.own_variance && base.log_scale != LogScale::yes) offer(std::string(family.name) + log_scale_suffix);
    }
    offer("auto");
    return names;
}

std::string label_of(const ModelChoice& choice) {
    const ModelSpecification& s = choice.specification;
    if (s.transform != TransformKind::none) {
        ModelChoice plain = choice;
        plain.specification.transform = TransformKind::none;
        return label_of(plain) + ", " + to_string(s.transform) + " transform";
    }
    const bool log_scale = s.log_scale == LogScale::yes;
    if (choice.automatic)
        return std::string("automatic") + (log_scale ? ", with log-scale" : "") +
               (s.varying_nugget ? ", varying nugget" : "") +
               (s.noise == NoiseKind::student ? ", Student noise" : "");
    const bool spde = s.likelihood.kind == LikelihoodKind::spde && s.likelihood.spde_basis > 0;
    if (!spde) return model_label(s, log_scale);
    return (s.deformation == DeformationKind::stationary ? std::string() : model_label(s, false) + " + ") +
           "SPDE with varying range" + (log_scale ? " + log-scale" : "");
}

}  // namespace anamorph
