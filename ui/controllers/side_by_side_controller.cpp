// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/side_by_side_controller.h"

#include "core/base/error.h"
#include "core/predict/kriging.h"
#include "ui/controllers/prediction_controller.h"
#include "ui/scenes/shared_limits.h"
#include "ui/scenes/shown_realisation.h"

namespace anamorph {
namespace {

/// A part of a longer work, as progress of the whole.
ProgressObserver part_of(const ProgressObserver& whole, double from, double to, const std::string& message) {
    return [whole, from, to, message](const Progress& p) {
        whole({from + (to - from) * std::max(0.0, p.fraction), -1.0, message});
    };
}

}  // namespace

SideBySideController::SideBySideController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::started, this, &SideBySideController::started);
    connect(&runner_, &JobRunner::progressed, this, &SideBySideController::progressed);
    connect(&runner_, &JobRunner::cancelled, this, &SideBySideController::cancelled);
    connect(&runner_, &JobRunner::finished, this, &SideBySideController::finished);
    connect(&runner_, &JobRunner::failed, this, &SideBySideController::failed);
    connect(&session_, &Session::datasetChanged, this, [this] {
        runner_.cancel();
        maps_.clear();
    });
}

SideBySideController::Drawn SideBySideController::draw(std::vector<SideBySideModel> models, Maps maps,
                                                       const std::vector<RasterSource>& rasters, int threads,
                                                       JobContext& context) {
    std::vector<std::shared_ptr<const SpacesSnapshot>> snapshots;
    const double share = 1.0 / static_cast<double>(models.size());
    for (std::size_t k = 0; k < models.size(); ++k) {
        SideBySideModel& one = models[k];
        throw_if_cancelled(context.stop());
        one.note = PredictionController::whyNoMap(*one.model, rasters);
        Session::MapPointer& map = maps[one.model];
        if (!map && one.note.isEmpty()) {
            const SpatialDataset& dataset = one.model->dataset();
            const auto [grid, covariates] =
                PredictionController::gridFor(*one.model, PredictionController::defaultCells(dataset), rasters);
            PredictOptions options;
            options.threads = threads;
            map = std::make_shared<const GridMap>(
                predict_on_grid(*one.model, grid, covariates, options,
                                part_of(context.progress(), share * static_cast<double>(k), share * static_cast<double>(k + 1), one.name.toStdString()),
                                context.stop()));
        }
        snapshots.push_back(of_realisation(make_snapshot(*one.model, map, SnapshotDetail::full), one.model->dataset(),
                                           map ? map->realisation : std::string()));
    }
    snapshots = with_shared_limits(snapshots);
    for (std::size_t k = 0; k < models.size(); ++k) models[k].snapshot = snapshots[k];
    return {std::move(models), std::move(maps)};
}

void SideBySideController::show(const QStringList& names) {
    const Session::ValidationPointer validation = session_.validation();
    if (!validation) return;
    std::vector<SideBySideModel> models;
    for (const QString& name : names)
        for (const ModelScores& m : validation->models) {
            if (QString::fromStdString(m.name) != name || !m.fit) continue;
            SideBySideModel one;
            one.name = name;
            one.label = QString::fromStdString(m.label.empty() ? m.name : m.label);
            one.score = m.failure.empty() ? tr("rank %1, log score %2").arg(m.rank).arg(QString::number(m.scores.log_score, 'f', 3).replace(QLatin1Char('-'), QChar(0x2212))) : tr("not scored");
            one.model = m.fit->model_pointer();
            models.push_back(std::move(one));
        }
    if (models.empty()) return;
    runner_.start(
        [models = std::move(models), maps = maps_, rasters = session_.covariateRasters(),
         threads = session_.options().threads](JobContext& context) {
            return draw(models, maps, rasters, threads, context);
        },
        [this](Drawn drawn) {
            maps_ = std::move(drawn.maps);
            Q_EMIT ready(drawn.models);
        });
}

}  // namespace anamorph
