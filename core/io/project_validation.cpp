// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project_validation.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json_number.h"
#include "core/io/project_documents.h"

namespace anamorph {
namespace {

using nlohmann::json;

constexpr const char* key = "validation";

/// The columns of the scores of each held-out value.
constexpr std::pair<const char*, Vector SiteScores::*> columns[] = {
    {"squared_error", &SiteScores::squared_error}, {"absolute_error", &SiteScores::absolute_error},
    {"crps", &SiteScores::crps},                   {"log_score", &SiteScores::log_score},
    {"inside_90", &SiteScores::inside_90},         {"inside_95", &SiteScores::inside_95},
    {"width_90", &SiteScores::width_90},           {"width_95", &SiteScores::width_95},
};

std::string owner_of(std::size_t model) { return std::string(key) + "/" + std::to_string(model); }

/// A model that was fitted to some of the sites only is not kept: it could not be opened with all.
bool is_of(const FitResult* fit, const SpatialDataset& dataset) {
    return fit && fit->model().dataset().size() == dataset.size();
}

json json_of(const Scores& s) {
    return {{"rmse", s.rmse},
            {"mae", s.mae},
            {"crps", s.crps},
            {"log_score", s.log_score},
            {"coverage_90", s.coverage_90},
            {"coverage_95", s.coverage_95},
            {"width_90", s.width_90},
            {"width_95", s.width_95},
            {"count", s.count}};
}

Scores scores_from(const json& j) {
    Scores s;
    s.rmse = j.at("rmse");
    s.mae = j.at("mae");
    s.crps = j.at("crps");
    s.log_score = j.at("log_score");
    s.coverage_90 = j.at("coverage_90");
    s.coverage_95 = j.at("coverage_95");
    s.width_90 = j.at("width_90");
    s.width_95 = j.at("width_95");
    s.count = j.at("count");
    return s;
}

json json_of(const ModelScores& model, const SpatialDataset& dataset) {
    return {{"name", model.name},
            {"label", model.label},
            {"scores", json_of(model.scores)},
            {"chosen", model.chosen},
            {"seconds", model.seconds},
            {"log_likelihood", json_number(model.log_likelihood)},
            {"criterion", json_number(model.criterion)},
            {"effective_parameters", json_number(model.effective_parameters)},
            {"probability_integral", model.site_scores.probability_integral.size() > 0},
            {"fitted", is_of(model.fit.get(), dataset)},
            {"failure", model.failure},
            {"failure_code", static_cast<int>(model.failure_code)}};
}

ModelScores model_from(const ProjectStore& store, const json& j, std::size_t i,
                       const std::shared_ptr<const SpatialDataset>& dataset) {
    ModelScores model;
    model.name = j.at("name");
    model.label = j.at("label");
    model.scores = scores_from(j.at("scores"));
    model.chosen = j.at("chosen").get<std::vector<std::string>>();
    model.seconds = j.at("seconds");
    model.log_likelihood = number_from_json(j.at("log_likelihood"));
    model.criterion = number_from_json(j.at("criterion"));
    model.effective_parameters = number_from_json(j.at("effective_parameters"));
    model.failure = j.at("failure");
    const int code = j.at("failure_code");
    if (code < 0 || code > static_cast<int>(ErrorCode::out_of_memory))
        throw Error(ErrorCode::bad_input, "a model of its comparison failed in an unknown way");
    model.failure_code = static_cast<ErrorCode>(code);
    for (const auto& [name, column] : columns) {
        model.site_scores.*column = store.vector(owner_of(i), name);
        if (model.failure.empty() && (model.site_scores.*column).size() != model.scores.count)
            throw Error(ErrorCode::bad_input, "the scores of its comparison are incomplete");
    }
    if (j.value("probability_integral", false))
        model.site_scores.probability_integral = store.vector(owner_of(i), "probability_integral");
    if (const Vector& u = model.site_scores.probability_integral;
        u.size() > 0 && model.failure.empty() && (u.size() != model.scores.count || !u.allFinite()))
        throw Error(ErrorCode::bad_input, "the scores of its comparison are incomplete");
    if (j.at("fitted").get<bool>())
        model.fit = std::make_shared<const FitResult>(stored_fit(store, dataset, owner_of(i) + "/fit"));
    return model;
}

}  // namespace

void store_validation(ProjectStore& store, const ValidationResult& validation,
                      const SpatialDataset& dataset) {
    json models = json::array();
    for (std::size_t i = 0; i < validation.models.size(); ++i) {
        const ModelScores& model = validation.models[i];
        models.push_back(json_of(model, dataset));
        for (const auto& [name, column] : columns)
            store.set_array(owner_of(i), name, model.site_scores.*column);
        if (const Vector& u = model.site_scores.probability_integral; u.size() > 0)
            store.set_array(owner_of(i), "probability_integral", u);
        if (is_of(model.fit.get(), dataset)) store_fit(store, *model.fit, owner_of(i) + "/fit");
    }
    const json document{{"description", validation.folds.description},
                        {"clustered", validation.folds.clustered},
                        {"test_rows", validation.folds.test_rows},
                        {"planned", validation.planned},
                        {"interrupted", validation.interrupted},
                        {"settings", validation.settings},
                        {"several_realisations", validation.several_realisations},
                        {"held_out_sites_remain", validation.held_out_sites_remain},
                        {"models", models}};
    store.set_document(key, document.dump(-1, ' ', false, json::error_handler_t::replace));
}

ValidationResult stored_validation(const ProjectStore& store,
                                   const std::shared_ptr<const SpatialDataset>& dataset) {
    const json document = json::parse(store.document(key));
    ValidationResult result;
    result.folds.description = document.at("description");
    result.folds.clustered = document.at("clustered");
    result.folds.test_rows = document.at("test_rows").get<std::vector<std::vector<Index>>>();
    result.planned = document.at("planned");
    result.interrupted = document.at("interrupted");
    result.settings = document.value("settings", std::string());
    result.several_realisations = document.value("several_realisations", false);
    result.held_out_sites_remain = document.value("held_out_sites_remain", false);
    Index held_out = 0;
    for (const auto& rows : result.folds.test_rows) held_out += static_cast<Index>(rows.size());
    const json& models = document.at("models");
    for (std::size_t i = 0; i < models.size(); ++i) {
        result.models.push_back(model_from(store, models[i], i, dataset));
        const ModelScores& model = result.models.back();
        if (model.failure.empty() && model.scores.count != held_out)
            throw Error(ErrorCode::bad_input, "the scores of its comparison do not fit its folds");
    }
    rank_models(result);
    return result;
}

}  // namespace anamorph
