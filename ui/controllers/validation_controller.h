// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// What the validation panel asks for.
struct ValidationRequest {
    QStringList models;   ///< names as on the command line: "auto", "stationary", …
    bool spatial_blocks = false;
    int folds = 5;        ///< random folds
    int blocks_x = 4, blocks_y = 4;
    std::uint64_t seed = 1;
};

/// Compares models by cross-validation with the session's trend, smoothness and options.
class ValidationController : public QObject {
    Q_OBJECT
public:
    explicit ValidationController(Session& session, QObject* parent = nullptr);
    [[nodiscard]] bool isValidating() const { return runner_.isBusy(); }
    void validate(const ValidationRequest& request);

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void validated();
    void failed(const QString& sentence);
    void cancelled();
    void finished();

private:
    Session& session_;
    JobRunner runner_;
};

}  // namespace anamorph
