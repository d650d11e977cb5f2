// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/prediction_controller.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/fit/model_state.h"

namespace anamorph {

namespace {

/// On a line the 95 % band of transformed values is not symmetric: its quantiles are predicted.
PredictOptions with_band(PredictOptions options, const FittedModel& model) {
    if (model.dataset().dimension() != 1 || !model.state().transform) return options;
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
        if (session_.dataset()) request_.cells_on_longest_side = defaultCells(*session_.dataset());
    });
}

std::vector<Index> PredictionController::gridShape(const SpatialDataset& dataset, int cells) {
    return PredictionGrid::around(dataset.coordinates, cells, 0.02, 0.0).shape;
}

int PredictionController::defaultCells(const SpatialDataset& dataset) {
    switch (dataset.dimension()) {
        case 1: return 400;
        case 2: return dataset.size() > 1500 ? 80 : 110;
        default: return 30;
    }
}

void PredictionController::predict(const MapRequest& request) {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (!model) return;
    request_ = request;
    runner_.start(
        [model, request, rasters = session_.covariateRasters()](JobContext& context) -> Session::MapPointer {
            const auto [grid, covariates] = gridFor(*model, request.cells_on_longest_side, rasters);
            return std::make_shared<const GridMap>(predict_on_grid(
                *model, grid, covariates, with_band(request.options, *model), context.progress(), context.stop()));
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
                                                                       const std::vector<RasterSource>& rasters) {
    if (const QString why = whyNoMap(model, rasters); !why.isEmpty())
        throw Error(ErrorCode::unsupported, why.toStdString());
    const SpatialDataset& dataset = model.dataset();
    GridWithCovariates result;
    result.grid = PredictionGrid::around(dataset.coordinates, cells_on_longest_side);
    if (model.specification().trend == Trend::covariates)
        result.covariates = covariates_of_cells(rasters_of_covariates(dataset, rasters), dataset.coordinate_system,
                                                result.grid);
    return result;
}

QString PredictionController::whyNoMap(const FittedModel& model, const std::vector<RasterSource>& rasters) {
    if (model.specification().trend != Trend::covariates) return {};
    QStringList names;
    for (const std::string& name : model.dataset().covariate_names)
        if (std::none_of(rasters.begin(), rasters.end(), [&](const auto& source) { return source.name == name; }))
            names << QString::fromStdString(name);
    if (names.isEmpty()) return {};
    return tr("The trend uses %1, known at the sites and not between them, so there is no map. Add a raster of "
              "it in the step Data, choose another trend and train again, or predict at points of a "
              "table that has %1: anamorph-cli predict --at.")
        .arg(names.join(tr(" and ")));
}

void PredictionController::predictIfMissing() {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (model && !session_.shownMap() && whyNoMap(*model, session_.covariateRasters()).isEmpty())
        predict(request_);
}

}  // namespace anamorph
