// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include "ui/controllers/job_runner.h"
#include "ui/models/preflight.h"
#include "ui/models/session.h"

namespace anamorph {

/// Looks at each change of data, model and options, off the window's thread: which likelihood would
/// be used and why, what the fit would cost, and why it would be refused. Follows the session by
/// itself and leaves what it finds there.
class PreflightController : public QObject {
    Q_OBJECT
public:
    explicit PreflightController(Session& session, QObject* parent = nullptr);
    [[nodiscard]] bool isBusy() const { return runner_.isBusy() || timer_.isActive(); }

private:
    void look();

    Session& session_;
    QTimer timer_;  ///< gathers changes that follow each other
    JobRunner runner_;
};

}  // namespace anamorph
