// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/raster_controller.h"

#include "core/io/covariate_raster.h"

namespace anamorph {

RasterController::RasterController(Session& session, QObject* parent) : QObject(parent), session_(session) {
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The raster could not be added: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&session_, &Session::datasetChanged, &runner_, &JobRunner::cancel);
}

void RasterController::add(const QString& file) {
    const Session::DatasetPointer dataset = session_.dataset();
    if (!dataset) return;
    struct Added {
        Session::DatasetPointer dataset;
        RasterSource source;
        DataFactsPointer facts;
    };
    runner_.start(
        [dataset, file](JobContext&) {
            RasterSource source = raster_source(file.toStdString());
            source.path = std::filesystem::absolute(source.path);
            auto with = std::make_shared<const SpatialDataset>(with_raster_covariates(*dataset, {source}));
            return Added{with, std::move(source), facts_of(*with)};
        },
        [this, dataset](Added added_raster) {
            if (session_.dataset() != dataset) return;  // other data by now
            const QString name = QString::fromStdString(added_raster.source.name);
            const Index left_out = dataset->size() - added_raster.dataset->size();
            session_.addRaster(std::move(added_raster.dataset), std::move(added_raster.source), std::move(added_raster.facts));
            session_.appendLog(left_out > 0 ? tr("Covariate %1 from a raster; %2 sites lie outside it and were left out.")
                                                  .arg(name)
                                                  .arg(left_out)
                                            : tr("Covariate %1 from a raster.").arg(name));
            Q_EMIT added(name);
        });
}

}  // namespace anamorph
