// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/prediction_controller.h"

#include <algorithm>

#include "core/base/error.h"

namespace anamorph {

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
        [model, request](JobContext& context) -> Session::MapPointer {
            const SpatialDataset& dataset = model->dataset();
            if (model->specification().trend == Trend::covariates)
                throw Error(ErrorCode::unsupported, whyNoMap(*model).toStdString());
            const PredictionGrid grid =
                PredictionGrid::around(dataset.coordinates, request.cells_on_longest_side);
            return std::make_shared<const GridMap>(predict_on_grid(
                *model, grid, Matrix(), request.options, context.progress(), context.stop()));
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

QString PredictionController::whyNoMap(const FittedModel& model) {
    if (model.specification().trend != Trend::covariates) return {};
    QStringList names;
    for (const std::string& name : model.dataset().covariate_names) names << QString::fromStdString(name);
    return tr("The trend uses %1, known at the sites and not between them, so there is no map. Choose a "
              "constant or linear trend and train again, or predict at points of a "
              "table that has %1: anamorph-cli predict --at.")
        .arg(names.join(tr(" and ")));
}

void PredictionController::predictIfMissing() {
    const std::shared_ptr<const FittedModel> model = session_.shownModel();
    if (model && !session_.shownMap() && model->specification().trend != Trend::covariates)
        predict(request_);
}

}  // namespace anamorph
