// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/prediction_controller.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/fit/covariate_distance.h"
#include "core/base/error.h"
#include "core/data/map_grid.h"
#include "core/data/sphere.h"
#include "core/data/time_axis.h"
#include "core/data/time_covariate.h"
#include "core/fit/local_smoothness.h"
#include "core/fit/model_state.h"
#include "core/predict/local_range.h"

namespace anamorph {

namespace {

double middle_of(const Vector& times) { return 0.5 * (times.minCoeff() + times.maxCoeff()); }

/// The times of a map: those of the data where they are few enough, else at equal steps.
std::vector<double> map_times(const FittedModel& model, const MapRequest& request) {
    if (!PredictionController::knowsTime(model)) return {};
    const Vector times = times_of(model.dataset());
    if (request.times < 2) return {middle_of(times)};
    return distinct_times(times, static_cast<std::size_t>(request.times));
}

/// Covariates in the cells of a grid, cell_count()×q: from rasters, and on the sphere the cell's own time.
Matrix covariates_of_grid(const SpatialDataset& dataset, const std::vector<RasterSource>& rasters, PredictionGrid& grid) {
    SpatialDataset others;  // whose names alone are read
    others.covariate_names = dataset.covariate_names;
    const std::optional<Index> time = time_covariate(dataset);
    if (time) others.covariate_names.erase(others.covariate_names.begin() + *time);
    const Matrix sampled = covariates_of_cells(rasters_of_covariates(others, rasters), dataset.coordinate_system, grid);
    if (!time) return sampled;
    // A model that does not know the time has a grid without: any will do.
    const Vector times = grid.times.size() > 0 ? Vector(grid.centres().rightCols(1))
                                               : Vector::Constant(grid.cell_count(), middle_of(dataset.covariates.col(*time)));
    Matrix all(grid.cell_count(), sampled.cols() + 1);
    all << sampled.leftCols(*time), times, sampled.rightCols(sampled.cols() - *time);
    return all;
}

/// On a line the 95 % band of transformed values is not symmetric: its quantiles are predicted.
PredictOptions with_band(PredictOptions options, const FittedModel& model) {
    if (model.dataset().space_dimension() != 1 || !model.state().transform) return options;
    for (const double level : {0.025, 0.975})
        if (std::find(options.quantiles.begin(), options.quantiles.end(), level) == options.quantiles.end())
            options.quantiles.push_back(level);
    return options;
}

}  // namespace

PredictionController::PredictionController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &PredictionController::started);
    connect(&runner_, &JobRunner::progressed, this, &PredictionController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &PredictionController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &PredictionController::finished);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The map could not be predicted: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, this, [this] {
        runner_.cancel();
        request_ = {};
        if (session_.dataset()) request_.cells_on_longest_side = defaultCells(*session_.dataset());
    });
}

std::vector<Index> PredictionController::gridShape(const DataFacts& facts, int cells) {
    return PredictionGrid::around(facts.corners, cells, 0.02, 0.0).shape;
}

int PredictionController::defaultCells(const SpatialDataset& dataset) {
    if (dataset.last_axis_is_time) return dataset.space_dimension() == 1 ? 200 : 50;
    switch (map_dimension(dataset)) {
        case 1: return 400;
        case 2: return dataset.size() > 1500 ? 80 : 110;
        default: return 30;
    }
}

void PredictionController::predict(const MapRequest& request) {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model) return;
    request_ = request;
    request_.options.realisations.clear();
    if (const QString label = session_.realisation(); !label.isEmpty())
        request_.options.realisations = {label.toStdString()};
    runner_.start(
        [model, request = request_, rasters = session_.covariateRasters()](JobContext& context) -> Session::MapPointer {
            const auto [grid, covariates] = gridFor(*model, request.cells_on_longest_side, rasters, map_times(*model, request));
            auto map = std::make_shared<GridMap>(predict_on_grid(
                *model, grid, covariates, with_band(request.options, *model), context.progress(), context.stop()));
            if (request.local_range && model->has_posterior()) {
                LocalRangeOptions options;
                options.seed = request.options.seed;
                options.threads = request.options.threads;
                const LocalRange range = local_range_on_grid(*model, grid, options, context.progress(), context.stop());
                for (FurtherLayer& layer : local_range_layers(range, options.level)) map->further.push_back(std::move(layer));
            }
            if (auto smoothness = smoothness_layer(*model, grid)) map->further.push_back(std::move(*smoothness));
            return map;
        },
        [this, model](Session::MapPointer map) {
            const Session::FitPointer fit = session_.fit();
            if (!fit) return;
            const auto& candidates = fit->candidates;
            const auto found = std::find_if(candidates.begin(), candidates.end(),
                                            [&](const auto& c) { return c.model == model; });
            if (found == candidates.end()) return;  // of an earlier fit
            session_.appendLog(tr("Map predicted: %1, %2 cells.")
                                   .arg(QString::fromStdString(model->label()))
                                   .arg(map->grid.active_count()));
            session_.setMap(static_cast<std::size_t>(found - candidates.begin()), std::move(map));
            Q_EMIT predicted();
        });
}

PredictionController::GridWithCovariates PredictionController::gridFor(const FittedModel& model,
                                                                       int cells_on_longest_side,
                                                                       const std::vector<RasterSource>& rasters,
                                                                       const std::vector<double>& times) {
    if (const QString why = whyNoMap(model, rasters); !why.isEmpty())
        throw Error(ErrorCode::unsupported, why.toStdString());
    const SpatialDataset& dataset = model.dataset();
    GridWithCovariates result;
    result.grid = map_grid(dataset, cells_on_longest_side, times);
    if (dataset.coordinate_system.chordal && knowsTime(model))
        result.grid = at_times(result.grid, times.empty() ? std::vector<double>{middle_of(times_of(dataset))} : times);
    if (needs_covariates(model.specification())) result.covariates = covariates_of_grid(dataset, rasters, result.grid);
    return result;
}

bool PredictionController::knowsTime(const FittedModel& model) {
    const SpatialDataset& dataset = model.dataset();
    if (dataset.last_axis_is_time) return true;
    const std::optional<Index> time = time_covariate(dataset);
    if (!time) return false;
    const ModelSpecification& s = model.specification();
    const std::string& name = dataset.covariate_names[static_cast<std::size_t>(*time)];
    return s.trend == Trend::covariates ||
           std::find(s.distance_covariates.begin(), s.distance_covariates.end(), name) != s.distance_covariates.end();
}

QString PredictionController::whyNoMap(const FittedModel& model, const std::vector<RasterSource>& rasters) {
    if (!needs_covariates(model.specification())) return {};
    QStringList names;
    const std::optional<Index> time = time_covariate(model.dataset());
    Index column = 0;
    for (const std::string& name : model.dataset().covariate_names)
        if (column++ != time.value_or(-1) && std::none_of(rasters.begin(), rasters.end(), [&](const auto& source) { return source.name == name; }))
            names << QString::fromStdString(name);
    if (names.isEmpty()) return {};
    const bool trend = model.specification().trend == Trend::covariates;
    const bool distance = !model.specification().distance_covariates.empty();
    const QString user = trend && distance ? tr("Trend and distance use") : trend ? tr("The trend uses") : tr("The distance uses");
    return tr("%2 %1, known at the sites and not between them, so there is no map. Add a raster of "
              "it in the step Data, leave it out of the model and train again, or predict at points of a "
              "table that has %1: anamorph-cli predict --at.")
        .arg(names.join(tr(" and ")), user);
}

void PredictionController::predictIfMissing() {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model || session_.shownMap() || !whyNoMap(*model, session_.covariateRasters()).isEmpty()) return;
    MapRequest request = request_;
    request.options.threads = session_.options().threads;
    request.options.seed = session_.options().seed;
    predict(request);
}

}  // namespace anamorph
