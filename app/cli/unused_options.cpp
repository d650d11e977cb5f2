// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/unused_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/command.h"
#include "core/data/time_axis.h"
#include "core/fit/classes.h"
#include "core/fit/local_fields.h"
#include "core/fit/make_deformation.h"

namespace anamorph::cli {
namespace {

using Kind = DeformationKind;

bool is_warped(const ModelSpecification& s) {
    return s.deformation != Kind::stationary && s.deformation != Kind::anisotropic;
}

bool has_velocity_field(const ModelSpecification& s) { return contains(s, Kind::velocity_field); }

/// What reads an option, in words, and whether a model does.
struct Reader {
    const char* option;
    const char* reader;
    bool (*reads)(const ModelChoice&);
};

const Reader readers[] = {
    {"--degrees-of-freedom", "it is of Student noise (--noise student, or +student after a model's name)",
     [](const ModelChoice& m) { return m.specification.noise == NoiseKind::student; }},
    {"--basis-size", "it is of the velocity field",
     [](const ModelChoice& m) { return has_velocity_field(m.specification); }},
    {"--ridge", "it is of the velocity field; other deformations take --layer-ridge",
     [](const ModelChoice& m) { return has_velocity_field(m.specification); }},
    {"--fine-basis", "it is of the velocity field",
     [](const ModelChoice& m) { return has_velocity_field(m.specification); }},
    {"--fine-ridge", "it is of the velocity field's second level (--fine-basis M)",
     [](const ModelChoice& m) {
         return has_velocity_field(m.specification) && (m.specification.fine_basis_size > 0 || m.automatic);
     }},
    {"--added-units", "it is of the velocity field",
     [](const ModelChoice& m) { return has_velocity_field(m.specification); }},
    {"--layer-ridge", "it is of axial, radial-basis, mobius, spline and network",
     [](const ModelChoice& m) {
         const Kind kinds[] = {Kind::axial, Kind::radial_basis, Kind::mobius, Kind::spline, Kind::network};
         return std::any_of(std::begin(kinds), std::end(kinds),
                            [&](Kind kind) { return contains(m.specification, kind); });
     }},
    {"--couplings", "it is of RealNVP", [](const ModelChoice& m) { return contains(m.specification, Kind::realnvp); }},
    {"--hidden-width", "it is of RealNVP and the plain network",
     [](const ModelChoice& m) { return has_network(m.specification); }},
    {"--jacobian-penalty", "it is of RealNVP",
     [](const ModelChoice& m) { return contains(m.specification, Kind::realnvp); }},
    {"--regions", "it goes with partition-of-unity and segmented, without --regions-from",
     [](const ModelChoice& m) { return is_regional(m.specification); }},
    {"--regions-from", "it goes with partition-of-unity and segmented",
     [](const ModelChoice& m) { return is_regional(m.specification); }},
    {"--kernel-basis", "it goes with convolution",
     [](const ModelChoice& m) { return m.specification.local == LocalCovariance::convolution; }},
    {"--varying-smoothness", "it goes with convolution",
     [](const ModelChoice& m) { return m.specification.local == LocalCovariance::convolution; }},
    {"--design-weight", "the sites' density is of a deformation, which stationary and anisotropic models do not have",
     [](const ModelChoice& m) { return is_warped(m.specification); }},
    {"--design-term", "it needs a --design-weight above 0 and a deformation",
     [](const ModelChoice& m) { return is_warped(m.specification) && m.specification.design_weight > 0.0; }},
    {"--base-density", "it needs a --design-weight above 0 and a deformation",
     [](const ModelChoice& m) { return is_warped(m.specification) && m.specification.design_weight > 0.0; }},
    {"--time-deformation", "stationary and axis-aligned models scale the time on its own",
     [](const ModelChoice& m) {
         return m.specification.deformation != Kind::stationary && !is_axis_aligned(m.specification);
     }},
    {"--starts", "the automatic model has starts of its own; name one model",
     [](const ModelChoice& m) { return !m.automatic; }},
    {"--held-out", "the automatic model is chosen with all sites; name one model",
     [](const ModelChoice& m) { return !m.automatic; }},
};

/// Options of the likelihoods, and the kinds that read them.
struct LikelihoodReader {
    const char* option;
    LikelihoodKind kind;
    const char* name;
};

constexpr LikelihoodReader likelihood_readers[] = {
    {"--neighbours", LikelihoodKind::vecchia, "vecchia"},
    {"--ordering", LikelihoodKind::vecchia, "vecchia"},
    {"--nugget-form", LikelihoodKind::vecchia, "vecchia"},
    {"--taper-range", LikelihoodKind::taper, "taper"},
    {"--taper-ranges", LikelihoodKind::taper, "taper"},
    {"--taper", LikelihoodKind::taper, "taper"},
    {"--inducing", LikelihoodKind::predictive_process, "predictive-process"},
    {"--placement", LikelihoodKind::predictive_process, "predictive-process"},
    {"--no-fitc", LikelihoodKind::predictive_process, "predictive-process"},
    {"--move-inducing", LikelihoodKind::predictive_process, "predictive-process"},
    {"--mesh-edge", LikelihoodKind::spde, "spde"},
    {"--mesh-edges", LikelihoodKind::spde, "spde"},
    {"--mesh-border", LikelihoodKind::spde, "spde"},
    {"--spde-basis", LikelihoodKind::spde, "spde"},
    {"--alpha", LikelihoodKind::spde, "spde"},
};

/// Whether the Matérn's smoothness is the model's to choose.
bool reads_smoothness(const ModelChoice& m) {
    const ModelSpecification& s = m.specification;
    return s.correlation == CorrelationFamily::matern &&
           !(s.likelihood.kind == LikelihoodKind::spde && s.smoothness == Smoothness::automatic);
}

/// A script may spell out what happens anyway.
bool says_the_default(const CLI::Option& option) {
    return option.results().size() == 1 && !option.get_default_str().empty() &&
           option.results().front() == option.get_default_str();
}

}  // namespace

GivenOptions given_options(const CLI::App& command) {
    GivenOptions given;
    for (const CLI::Option* option : command.get_options())
        if (option->count() > 0 && !says_the_default(*option)) given.insert(option->get_name());
    return given;
}

void refuse_given(const GivenOptions& given, std::initializer_list<const char*> options, const std::string& reason) {
    for (const char* option : options)
        if (given.contains(option)) throw UsageError(std::string(option) + " has no effect here: " + reason);
}

void refuse_unused_data_options(const GivenOptions& given, const DataOptions& data) {
    if (!data.path.empty() && names_a_project(data.path))
        refuse_given(given, {"--time-unit", "--duplicates", "--crs", "--unit", "--value-unit"},
                     "it says how a table is read, and a project's data are read already.");
    if (data.time.empty()) refuse_given(given, {"--time-unit"}, "name the column of times as well (--time COLUMN).");
    if (!data.coordinate_system.empty())
        refuse_given(given, {"--unit"}, "the coordinate system (--crs) has its own unit.");
}

void refuse_options_unused_by(const SpatialDataset& dataset, const GivenOptions& given, const DataOptions& data) {
    if (!data.path.empty() && !names_a_project(data.path)) {
        if (data.degrees == "chordal" && !dataset.coordinate_system.chordal)
            refuse_given(given, {"--degrees"},
                         "the coordinates are no longitude and latitude. Say so where they are (--crs OGC:CRS84).");
        if (data.coordinate_unit != dataset.coordinate_system.unit)
            refuse_given(given, {"--unit"}, "the coordinates are in " + dataset.coordinate_system.unit + ".");
        if (data.time_unit != dataset.time_unit)
            refuse_given(given, {"--time-unit"}, "the times are dates and count in days.");
    }
    if (!dataset.last_axis_is_time)
        refuse_given(given, {"--time-deformation"}, "the data have no axis of time (--time COLUMN).");
    if (!dataset.has_realisations())
        refuse_given(given, {"--hold-out"},
                     "the data are one realisation, whose values and sites are the same. Name the column that says "
                     "which realisation a row is of (--realisation COLUMN).");
}

void refuse_unused_likelihood_options(const GivenOptions& given, const std::set<LikelihoodKind>& kinds) {
    for (const LikelihoodReader& r : likelihood_readers) {
        const bool perhaps = r.kind == LikelihoodKind::vecchia && kinds.contains(LikelihoodKind::automatic);
        if (!kinds.contains(r.kind) && !perhaps)
            refuse_given(given, {r.option}, std::string("it belongs to --likelihood ") + r.name + ".");
    }
}

void refuse_unused_model_options(const GivenOptions& given, const ModelOptions& options,
                                 const std::vector<ModelChoice>& models) {
    for (const Reader& r : readers)
        if (std::none_of(models.begin(), models.end(), r.reads))
            refuse_given(given, {r.option}, std::string(r.reader) + ".");
    if (!options.regions_from.empty()) refuse_given(given, {"--regions"}, "the polygons of --regions-from are the regions.");
    if (options.smoothness != "auto" && std::none_of(models.begin(), models.end(), reads_smoothness))
        refuse_given(given, {"--smoothness"},
                     "it is of the Matérn correlation, and the SPDE's follows from --alpha and the dimension.");
    if (options.optimiser != "adam") refuse_given(given, {"--learning-rate"}, "it is of --optimiser adam.");
    std::set<LikelihoodKind> kinds;
    for (const ModelChoice& m : models) kinds.insert(m.specification.likelihood.kind);
    refuse_unused_likelihood_options(given, kinds);
}

void refuse_unused_prediction_options(const GivenOptions& given, const PredictionOptions& prediction) {
    if (prediction.plug_in)
        refuse_given(given, {"--draws"}, "with --plug-in nothing is drawn from the posterior.");
    refuse_given(given.contains("--no-posterior") ? given : GivenOptions(), {"--draws"},
                 "with --no-posterior there is nothing to draw from.");
}

void refuse_columns_without_points(const GivenOptions& given, bool points) {
    if (!points)
        refuse_given(given, {"--x", "--y", "--z", "--time-column"}, "it names a column of the table of points (--at FILE).");
    else if (given.contains("--time"))
        refuse_given(given, {"--time-column"}, "--time gives one time to all points.");
}

}  // namespace anamorph::cli
