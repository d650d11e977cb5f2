// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// Adds a raster's values at the sites to the session's data as a covariate.
class RasterController : public QObject {
    Q_OBJECT
public:
    explicit RasterController(Session& session, QObject* parent = nullptr);

    /// `file`: a path, or path:band.
    void add(const QString& file);
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }

Q_SIGNALS:
    void added(const QString& covariate);
    void failed(const QString& sentence);

private:
    Session& session_;
    JobRunner runner_;
};

}  // namespace anamorph
