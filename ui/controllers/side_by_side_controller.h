// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QObject>
#include <QStringList>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {

/// One of several models that are looked at side by side.
struct SideBySideModel {
    QString name, label;
    QString score;  ///< "log score 0.123, rank 2"
    std::shared_ptr<const FittedModel> model;
    std::shared_ptr<const SpacesSnapshot> snapshot;  ///< with colour limits that all share
    QString note;  ///< why there is no map; empty where there is one
};

/// Makes, off the window's thread, what the views of several compared models draw: each one's map on
/// the same grid and both its spaces. Maps are kept until there are other data.
class SideBySideController : public QObject {
    Q_OBJECT
public:
    explicit SideBySideController(Session& session, QObject* parent = nullptr);
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }
    /// Two to four names of the session's comparison that have a fit.
    void show(const QStringList& names);

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void ready(const std::vector<anamorph::SideBySideModel>& models);
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    using Maps = std::map<std::shared_ptr<const FittedModel>, Session::MapPointer>;
    struct Drawn {
        std::vector<SideBySideModel> models;
        Maps maps;
    };
    static Drawn draw(std::vector<SideBySideModel> models, Maps maps, const std::vector<RasterSource>& rasters, int threads,
                      JobContext& context);

    Session& session_;
    Maps maps_;
    JobRunner runner_;
};

}  // namespace anamorph
