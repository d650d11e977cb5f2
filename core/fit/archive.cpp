// SPDX-License-Identifier: GPL-3.0-or-later
// Models and results as archives, for project files.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/json_number.h"
#include "core/data/realisations.h"
#include "core/data/value_transform.h"
#include "core/fit/added_units.h"
#include "core/fit/covariate_distance.h"
#include "core/fit/fit.h"
#include "core/fit/local_fields.h"
#include "core/fit/model_realisations.h"
#include "core/fit/model_state.h"
#include "core/fit/specification_json.h"

namespace anamorph {

namespace {

using nlohmann::json;

constexpr int archive_version = 1;

json to_json(const LossParts& l) {
    return {json_number(l.total), json_number(l.data), json_number(l.design), json_number(l.regulariser),
            json_number(l.held_out)};
}
LossParts loss_from_json(const json& j) {
    return {number_from_json(j.at(0)), number_from_json(j.at(1)), number_from_json(j.at(2)), number_from_json(j.at(3)), number_from_json(j.at(4))};
}

Matrix rows_of(const TrainingHistory& h) {
    Matrix m(static_cast<Index>(h.rows.size()), 9);
    for (std::size_t i = 0; i < h.rows.size(); ++i) {
        const HistoryRow& r = h.rows[i];
        m.row(static_cast<Index>(i)) << r.stage_index, r.iteration, r.seconds, r.loss.total,
            r.loss.data, r.loss.design, r.loss.regulariser, r.loss.held_out, r.gradient_norm;
    }
    return m;
}

TrainingHistory history_from(const json& stages, const Matrix& m) {
    TrainingHistory h;
    h.stages = stages.get<std::vector<std::string>>();
    if (m.size() > 0 && m.cols() != 9)
        throw Error(ErrorCode::bad_input, "The training history is damaged.");
    for (Index i = 0; i < m.rows(); ++i)
        h.rows.push_back({static_cast<int>(m(i, 0)), static_cast<int>(m(i, 1)), m(i, 2),
                          {m(i, 3), m(i, 4), m(i, 5), m(i, 6), m(i, 7)}, m(i, 8)});
    return h;
}

const Matrix& array(const Archive& a, const char* name) {
    const auto it = a.arrays.find(name);
    if (it == a.arrays.end())
        throw Error(ErrorCode::bad_input, std::string("The array \"") + name + "\" is missing.");
    return it->second;
}

template <class Function>
auto reading(const Function& f) {
    try {
        return f();
    } catch (const json::exception& e) {
        throw Error(ErrorCode::bad_input, std::string("The description of a fit is damaged (") +
                                              e.what() + ").");
    }
}

}  // namespace

Archive FittedModel::to_archive() const {
    const ModelState& s = *state_;
    json j = {{"version", archive_version},
              {"sites", s.dataset->size()},
              {"specification", json_of(s.specification)},
              {"partial_sill", s.partial_sill},
              {"loss", to_json(s.loss)},
              {"criterion", json_number(s.criterion)},
              {"effective_parameters", s.effective_parameters},
              {"termination", static_cast<int>(s.termination)},
              {"iterations", s.iterations},
              {"evaluations", s.evaluations},
              {"seconds", s.seconds},
              {"warnings", s.warnings},
              {"stages", s.history.stages}};
    if (s.transform) j["value_transform"] = s.transform->kind();
    if (s.dataset->has_realisations())
        j["realisation"] = s.dataset->realisation_labels().at(static_cast<std::size_t>(s.realisation));
    Archive a;
    a.json = j.dump(1);
    if (s.transform) a.arrays["value_transform"] = s.transform->numbers();
    a.arrays["parameters"] = s.parameters();
    a.arrays["trend_coefficients"] = s.trend_coefficients;
    a.arrays["leave_one_out_residuals"] = s.leave_one_out_residuals;
    a.arrays["history"] = rows_of(s.history);
    a.arrays["hessian"] = s.hessian;
    if (const auto regions = std::dynamic_pointer_cast<const Regions>(s.local_basis))
        a.arrays["regions"] = regions->centres();
    if (s.noise_weights.size() > 0) a.arrays["noise_weights"] = s.noise_weights;
    if (s.auxiliary_points.size() > 0) a.arrays["auxiliary_points"] = s.auxiliary_points;
    if (Matrix units = units_to_numbers(s); units.size() > 0) a.arrays["velocity_units"] = std::move(units);
    return a;
}

std::shared_ptr<const FittedModel> FittedModel::from_archive(
    const Archive& archive, std::shared_ptr<const SpatialDataset> dataset) {
    return reading([&] {
        const json j = json::parse(archive.json);
        if (j.at("version").get<int>() > archive_version)
            throw Error(ErrorCode::bad_input, "The fit was made by a newer version of Anamorph.",
                        "Update the program to open it.");
        if (j.at("sites").get<Index>() != dataset->size())
            throw Error(ErrorCode::bad_input, "The fit belongs to other data: it has " +
                                                  std::to_string(j.at("sites").get<Index>()) +
                                                  " sites, the data set " +
                                                  std::to_string(dataset->size()) + ".");
        const ModelSpecification specification = specification_from_json(j.at("specification"));
        check_distance_covariates(*dataset, specification);
        auto state = std::make_shared<ModelState>(
            make_model(dataset, specification, 1));
        if (j.contains("value_transform"))
            state->transform = ValueTransform::from_numbers(j.at("value_transform"),
                                                            array(archive, "value_transform").reshaped());
        if (is_regional(state->specification) && state->specification.region_outlines.empty()) {
            const Points centres = array(archive, "regions");
            if (centres.cols() != dataset->dimension())
                throw Error(ErrorCode::bad_input, "The regions of the fit are damaged.");
            set_regions(*state, std::make_shared<Regions>(
                                    centres, state->specification.local == LocalCovariance::segmented));
        }
        if (archive.arrays.contains("velocity_units")) set_units(*state, array(archive, "velocity_units"));
        state->set_parameters(array(archive, "parameters").reshaped());
        state->partial_sill = j.at("partial_sill");
        state->realisation = realisation_named(*dataset, j.value("realisation", std::string()));
        state->trend_coefficients = array(archive, "trend_coefficients").reshaped();
        if (state->trend_coefficients.size() != all_trend_coefficients(*state))
            throw Error(ErrorCode::bad_input, "The trend of the fit is damaged.");
        state->leave_one_out_residuals = array(archive, "leave_one_out_residuals").reshaped();
        state->history = history_from(j.at("stages"), array(archive, "history"));
        state->hessian = array(archive, "hessian");
        const Index p = state->parameter_count();
        if (state->hessian.size() > 0 && (state->hessian.rows() != p || state->hessian.cols() != p))
            throw Error(ErrorCode::bad_input, "The curvature of the fit is damaged.");
        if (state->noise_weights.size() > 0) {
            const Vector weights = array(archive, "noise_weights").reshaped();
            if (weights.size() != dataset->size() || !weights.allFinite() || !(weights.minCoeff() > 0.0))
                throw Error(ErrorCode::bad_input, "The weights of the fit's Student noise are damaged.");
            state->noise_weights = weights;
        }
        if (archive.arrays.contains("auxiliary_points")) {
            state->auxiliary_points = array(archive, "auxiliary_points");
            if (state->auxiliary_points.cols() != dataset->dimension() ||
                !state->auxiliary_points.allFinite())
                throw Error(ErrorCode::bad_input, "The inducing sites of the fit are damaged.");
        }
        state->loss = loss_from_json(j.at("loss"));
        state->criterion = number_from_json(j.at("criterion"));
        state->effective_parameters = j.at("effective_parameters");
        state->termination = static_cast<Termination>(j.at("termination").get<int>());
        state->iterations = j.at("iterations");
        state->evaluations = j.at("evaluations");
        state->seconds = j.at("seconds");
        state->warnings = j.at("warnings").get<std::vector<std::string>>();
        state->align();
        return std::make_shared<const FittedModel>(state);
    });
}

Archive FitResult::to_archive() const {
    json standings = json::array();
    for (const auto& c : candidates)
        standings.push_back({{"criterion", json_number(c.criterion)},
                             {"weight", c.weight},
                             {"standing", c.standing}});
    json j = {{"version", archive_version},
              {"chosen", chosen},
              {"automatic", automatic},
              {"smoothness_objectives", smoothness_objectives},
              {"verdict_title", verdict_title},
              {"verdict", verdict},
              {"doubtful", doubtful},
              {"warnings", warnings},
              {"seconds", seconds},
              {"iterations", iterations},
              {"stopped_early", stopped_early},
              {"interrupted", interrupted},
              {"smoothness_chosen", smoothness_chosen},
              {"candidates", standings},
              {"stages", history.stages}};
    return {j.dump(1), {{"history", rows_of(history)}}};
}

FitResult FitResult::from_archive(const Archive& archive,
                                  std::vector<std::shared_ptr<const FittedModel>> models) {
    return reading([&] {
        const json j = json::parse(archive.json);
        FitResult r;
        r.chosen = j.at("chosen");
        r.automatic = j.at("automatic");
        r.smoothness_objectives =
            j.at("smoothness_objectives").get<std::vector<std::pair<double, double>>>();
        r.verdict_title = j.at("verdict_title");
        r.verdict = j.at("verdict");
        r.doubtful = j.value("doubtful", false);
        r.warnings = j.at("warnings").get<std::vector<std::string>>();
        r.seconds = j.at("seconds");
        r.iterations = j.at("iterations");
        r.stopped_early = j.at("stopped_early");
        r.interrupted = j.value("interrupted", false);
        r.smoothness_chosen = j.value("smoothness_chosen", true);
        r.history = history_from(j.at("stages"), array(archive, "history"));
        const json& standings = j.at("candidates");
        if (standings.size() != models.size() || r.chosen >= models.size())
            throw Error(ErrorCode::bad_input, "The list of fitted classes is damaged.");
        for (std::size_t i = 0; i < models.size(); ++i) {
            const json& s = standings[i];
            r.candidates.push_back({models[i], number_from_json(s.at("criterion")), s.at("weight"),
                                    i == r.chosen, s.at("standing")});
        }
        return r;
    });
}

}  // namespace anamorph
