// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "core/io/covariate_raster.h"
#include "core/predict/kriging.h"
#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// What the map panel asks for.
struct MapRequest {
    int cells_on_longest_side = 96;
    bool local_range = false;  ///< also the posterior of the local range, where the model has one
    int times = 9;  ///< data with time: so many times of the map, from the first to the last
    PredictOptions options;
};

/// Predicts the map of the shown candidate on a grid around the sites.
class PredictionController : public QObject {
    Q_OBJECT
public:
    explicit PredictionController(Session& session, QObject* parent = nullptr);

    /// Cells of the sides of a map of space around the sites, without its mask: instant.
    [[nodiscard]] static std::vector<Index> gridShape(const DataFacts& facts, int cells);
    /// A size that shows detail and takes seconds at most, by the number of sites and dimension.
    [[nodiscard]] static int defaultCells(const SpatialDataset& dataset);

    [[nodiscard]] bool isPredicting() const { return runner_.isBusy(); }
    [[nodiscard]] const MapRequest& request() const { return request_; }

    /// Predicts the shown candidate's map; replaces a running prediction.
    void predict(const MapRequest& request);
    /// What is asked for from now on, until predict() is called with something else.
    void setRequest(const MapRequest& request) { request_ = request; }
    /// Predicts it as asked for last, if it has no map yet.
    void predictIfMissing();
    /// Why this model cannot draw a map, and what to do; empty where it can. `rasters`: those of
    /// covariates.
    [[nodiscard]] static QString whyNoMap(const FittedModel& model, const std::vector<RasterSource>& rasters = {});
    /// Whether the model's maps are of times: of space with time, or of the sphere with a covariate that is the
    /// time, where the trend is one of covariates or the distance uses this one.
    [[nodiscard]] static bool knowsTime(const FittedModel& model);
    /// The grid of a map around the sites and the trend's covariates on it (cell_count()×q, or none),
    /// whose missing cells leave the mask. Reads files: not for the window's thread. @throws Error
    struct GridWithCovariates {
        PredictionGrid grid;
        Matrix covariates;
    };
    [[nodiscard]] static GridWithCovariates gridFor(const FittedModel& model, int cells_on_longest_side,
                                                    const std::vector<RasterSource>& rasters,
                                                    const std::vector<double>& times = {});
public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void predicted();
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    Session& session_;
    MapRequest request_;
    JobRunner runner_;
};

}  // namespace anamorph
