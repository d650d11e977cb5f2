// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "ui/controllers/job_runner.h"
#include "ui/controllers/training_controller.h"
#include "ui/models/recovery_folder.h"
#include "ui/models/session.h"

namespace anamorph {

/// Keeps a copy of what is not saved yet, so that nothing is lost if the program ends without being
/// asked: some seconds after a change, and of the state of a fit while it runs, which can then be
/// continued. The copy goes when the project is saved or the program is closed. Writes on a worker.
class RecoveryController : public QObject {
    Q_OBJECT
public:
    RecoveryController(Session& session, TrainingController& training, QObject* parent = nullptr);
    ~RecoveryController() override;

    /// Begins to keep copies in this folder; before that nothing is written.
    void keepIn(const QString& folder);
    /// Copies that other programs left, the newest first; none before keepIn.
    [[nodiscard]] QList<RecoveryFolder::Copy> left() const;
    /// The session now has the work of this copy: it goes once the session's own copy is written or the
    /// project is saved.
    void adopted(const QString& path);
    /// This copy cannot be opened: it is put aside, so that older ones are offered.
    static void unreadable(const QString& path);
    /// Least time from a change to its copy; 10 s.
    void setDelay(int milliseconds) { delay_ = milliseconds; }
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }

Q_SIGNALS:
    void kept();  ///< a copy was written

private:
    class Writer;
    void changed();
    void look();
    std::function<void(const FitResult&)> checkpoint();
    void forget();
    void remove_adopted();

    Session& session_;
    TrainingController& training_;
    std::unique_ptr<RecoveryFolder> folder_;
    std::shared_ptr<Writer> writer_;  ///< shared with workers
    QStringList adopted_;
    QTimer timer_;
    QElapsedTimer since_;   ///< since the last copy was begun
    qint64 spent_ = 0;      ///< ms that it took
    long kept_revision_ = -1;
    int delay_ = 10'000;
    bool forgotten_ = true;  ///< there is no copy
    JobRunner runner_;
};

}  // namespace anamorph
