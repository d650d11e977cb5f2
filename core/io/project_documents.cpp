// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project_documents.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/named_values.h"
#include "core/fit/options_json.h"
#include "core/fit/specification_json.h"

namespace anamorph {

namespace {

using nlohmann::json;

/// Text that is not UTF-8 (a column name, say) must not stop a project from being saved.
std::string text_of(const json& document) {
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json parsed(const ProjectStore& store, const std::string& key) {
    return json::parse(store.document(key));
}

std::string models_key(const std::string& owner) { return owner + "/models"; }

std::string model_owner(const std::string& owner, std::size_t i) {
    return owner + "/model/" + std::to_string(i);
}

}  // namespace

void store_dataset(ProjectStore& store, const SpatialDataset& dataset) {
    const CoordinateSystem& system = dataset.coordinate_system;
    const json document{{"name", dataset.name},
                        {"coordinate_names", dataset.coordinate_names},
                        {"covariate_names", dataset.covariate_names},
                        {"value_name", dataset.value_name},
                        {"value_unit", dataset.value_unit},
                        {"coordinate_system",
                         {{"wkt", system.wkt},
                          {"label", system.label},
                          {"unit", system.unit},
                          {"source_wkt", system.source_wkt},
                          {"chordal", system.chordal}}},
                        {"last_axis_is_time", dataset.last_axis_is_time},
                        {"time_unit", dataset.time_unit},
                        {"groups", dataset.groups},
                        {"realisations", dataset.realisations},
                        {"notes", dataset.notes}};
    store.set_document("dataset", text_of(document));
    store.set_array("dataset", "coordinates", dataset.coordinates);
    store.set_array("dataset", "values", dataset.values);
    store.set_array("dataset", "covariates", dataset.covariates);
    store.set_array("dataset", "weights", dataset.weights);
    Matrix lines(static_cast<Index>(dataset.source_lines.size()), 1);
    for (Index i = 0; i < lines.rows(); ++i)
        lines(i, 0) = static_cast<double>(dataset.source_lines[static_cast<std::size_t>(i)]);
    store.set_array("dataset", "source_lines", lines);
}

SpatialDataset stored_dataset(const ProjectStore& store) {
    const json document = parsed(store, "dataset");
    SpatialDataset dataset;
    dataset.name = document.at("name");
    dataset.coordinate_names = document.at("coordinate_names");
    dataset.covariate_names = document.at("covariate_names");
    dataset.value_name = document.at("value_name");
    dataset.value_unit = document.at("value_unit");
    const json& system = document.at("coordinate_system");
    dataset.coordinate_system = {system.at("wkt"), system.at("label"), system.at("unit"),
                                 system.at("source_wkt"), system.value("chordal", false)};
    // Projects of older versions know neither time nor the sphere.
    dataset.last_axis_is_time = document.value("last_axis_is_time", false);
    dataset.time_unit = document.value("time_unit", "");
    dataset.notes = document.at("notes");
    dataset.realisations = document.value("realisations", std::vector<std::string>());
    if (document.contains("groups"))  // older projects have none
        dataset.groups = document.at("groups").get<std::vector<std::string>>();
    dataset.coordinates = store.array("dataset", "coordinates");
    dataset.values = store.vector("dataset", "values");
    dataset.covariates = store.array("dataset", "covariates");
    dataset.weights = store.vector("dataset", "weights");
    for (const double line : store.vector("dataset", "source_lines"))
        dataset.source_lines.push_back(static_cast<long>(line));
    dataset.validate();
    return dataset;
}

void store_settings(ProjectStore& store, const Project& project) {
    store.set_document("specification", text_of(json_of(project.specification)));
    store.set_document("options", text_of(json_of(project.options)));
    store.set_document("automatic", project.automatic ? "true" : "false");
    store.set_document("compared_model", std::to_string(project.compared_model));
    json rasters = json::array();
    for (const RasterSource& source : project.covariate_rasters)
        rasters.push_back({{"path", source.path.string()}, {"band", source.band}, {"name", source.name}});
    store.set_document("covariate_rasters", text_of(rasters));
    store.set_document("log", text_of(project.log));
    // Kept as a JSON string, so that whatever the window writes comes back letter by letter.
    store.set_document("view_state", text_of(project.view_state));
}

void read_settings(const ProjectStore& store, Project& project) {
    project.specification = specification_from_json(parsed(store, "specification"));
    project.options = fit_options_from_json(parsed(store, "options"));
    project.automatic = parsed(store, "automatic");
    if (store.has_document("compared_model"))  // older projects have none
        project.compared_model = parsed(store, "compared_model");
    if (store.has_document("covariate_rasters"))
        for (const json& source : parsed(store, "covariate_rasters"))
            project.covariate_rasters.push_back(
                {source.at("path").get<std::string>(), source.at("band"), source.at("name")});
    project.log = parsed(store, "log");
    project.view_state = parsed(store, "view_state");
}

void store_fit(ProjectStore& store, const FitResult& fit, const std::string& owner) {
    store.set_archive(owner, fit.to_archive());
    store.set_document(models_key(owner), json{{"count", fit.candidates.size()}}.dump());
    for (std::size_t i = 0; i < fit.candidates.size(); ++i)
        store.set_archive(model_owner(owner, i), fit.candidates[i].model->to_archive());
}

FitResult stored_fit(const ProjectStore& store,
                     const std::shared_ptr<const SpatialDataset>& dataset,
                     const std::string& owner) {
    const std::size_t count = parsed(store, models_key(owner)).at("count");
    std::vector<std::shared_ptr<const FittedModel>> models;
    for (std::size_t i = 0; i < count; ++i)
        models.push_back(FittedModel::from_archive(store.archive(model_owner(owner, i)), dataset));
    FitResult fit = FitResult::from_archive(store.archive(owner), std::move(models));
    if (fit.candidates.size() != count || fit.chosen >= count)
        throw Error(ErrorCode::bad_input, "its fit does not say which model was chosen");
    return fit;
}

namespace {

constexpr std::pair<FurtherLayer::Kind, const char*> layer_kinds[] = {
    {FurtherLayer::Kind::quantile, "quantile"},
    {FurtherLayer::Kind::exceedance, "exceedance"},
    {FurtherLayer::Kind::local_range, "local_range"},
    {FurtherLayer::Kind::local_range_spread, "local_range_spread"},
    {FurtherLayer::Kind::smoothness, "smoothness"},
};

std::string further_array(std::size_t k) { return "further_" + std::to_string(k); }

}  // namespace

void store_map(ProjectStore& store, const GridMap& map) {
    json further = json::array();
    for (std::size_t k = 0; k < map.further.size(); ++k) {
        further.push_back({{"kind", name_of(map.further[k].kind, layer_kinds)}, {"level", map.further[k].level}});
        store.set_array("map", further_array(k), map.further[k].values);
    }
    store.set_document("map", text_of({{"shape", map.grid.shape},
                                       {"further", further},
                                       {"times", std::vector<double>(map.grid.times.begin(), map.grid.times.end())},
                                       {"of_observation", map.of_observation},
                                       {"averaged", map.averaged},
                                       {"realisation", map.realisation},
                                       {"label", map.label}}));
    store.set_array("map", "origin", map.grid.origin);
    store.set_array("map", "cell_size", map.grid.cell_size);
    Matrix mask(static_cast<Index>(map.grid.mask.size()), 1);
    for (Index i = 0; i < mask.rows(); ++i) mask(i, 0) = map.grid.mask[static_cast<std::size_t>(i)];
    store.set_array("map", "mask", mask);
    store.set_array("map", "mean", map.mean);
    store.set_array("map", "standard_deviation", map.standard_deviation);
}

GridMap stored_map(const ProjectStore& store, int dimension, bool may_add_times) {
    const json document = parsed(store, "map");
    GridMap map;
    map.grid.shape = document.at("shape").get<std::vector<Index>>();
    map.of_observation = document.at("of_observation");
    map.averaged = document.at("averaged");
    map.label = document.at("label");
    map.realisation = document.value("realisation", std::string());
    map.grid.origin = store.vector("map", "origin");
    map.grid.cell_size = store.vector("map", "cell_size");
    const auto times = document.value("times", std::vector<double>());
    map.grid.times = Eigen::Map<const Vector>(times.data(), static_cast<Index>(times.size()));
    for (const double flag : store.vector("map", "mask"))
        map.grid.mask.push_back(flag != 0.0 ? 1 : 0);
    map.mean = store.vector("map", "mean");
    map.standard_deviation = store.vector("map", "standard_deviation");
    for (const json& layer : document.value("further", json::array()))
        map.further.push_back({value_of(layer.at("kind").get<std::string>(), "layer of a map", layer_kinds),
                               layer.at("level"), store.vector("map", further_array(map.further.size()))});
    if (may_add_times && !times.empty()) ++dimension;
    bool whole = map.grid.dimension() == dimension && map.grid.origin.size() == dimension &&
                 map.grid.cell_size.size() == dimension && map.grid.cell_size.minCoeff() > 0.0;
    whole = whole && map.grid.times.allFinite() &&
            (times.empty() || static_cast<Index>(times.size()) == map.grid.shape.back());
    double cells = 1.0;
    for (const Index count : map.grid.shape) {
        whole = whole && count > 0;
        cells *= static_cast<double>(count);
    }
    whole = whole && static_cast<double>(map.mean.size()) == cells &&
            static_cast<double>(map.standard_deviation.size()) == cells &&
            (map.grid.mask.empty() || static_cast<double>(map.grid.mask.size()) == cells);
    for (const FurtherLayer& layer : map.further)
        whole = whole && layer.values.size() == map.mean.size();
    if (!whole) throw Error(ErrorCode::bad_input, "the map does not fit its grid");
    return map;
}

}  // namespace anamorph
