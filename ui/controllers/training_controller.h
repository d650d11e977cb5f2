// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "ui/controllers/job_runner.h"
#include "ui/controllers/pause_gate.h"
#include "ui/controllers/training_feed.h"
#include "ui/models/session.h"

namespace anamorph {

/// Fits the session's model on a worker. Stop keeps the best iterate; cancel discards. The grid
/// bends live: each model snapshot becomes a picture of both spaces on the worker.
class TrainingController : public QObject {
    Q_OBJECT
public:
    explicit TrainingController(Session& session, QObject* parent = nullptr);

    /// Called as each training begins for what takes the state of the unfinished fit now and then, on the
    /// worker (FitOptions::checkpoint); it may throw nothing. May give null.
    using Checkpoints = std::function<std::function<void(const FitResult&)>()>;
    void setCheckpoints(Checkpoints checkpoints) { checkpoints_ = std::move(checkpoints); }

    [[nodiscard]] bool isTraining() const { return runner_.isBusy(); }
    [[nodiscard]] bool isPaused() const { return paused_; }
    [[nodiscard]] bool isStopping() const { return stopping_; }

public Q_SLOTS:
    /// Does nothing while it trains, or without data; options out of range become `failed`.
    void train();
    /// Goes on where an interrupted fit was left: as train, from the session's own fit.
    void resume();
    void setPaused(bool paused);
    void stopKeepBest();
    void cancel();

Q_SIGNALS:
    void stateChanged();  ///< training, paused or stopping changed
    void trainingStarted();
    void updated(const anamorph::TrainingUpdate& update);  ///< at most 30 times a second
    void trained();       ///< the session has a new fit
    void failed(const QString& sentence);
    void cancelled();
    void finished();      ///< after each outcome

private:
    struct Control {
        PauseGate gate;
        std::atomic<bool> keep_best{false};
        TrainingFeed feed;
    };
    void start(FitOptions options);
    void drain();
    void accept(std::shared_ptr<const FitResult> fit);

    Session& session_;
    Checkpoints checkpoints_;
    std::shared_ptr<Control> control_;  ///< of the current run; the worker holds it too
    QTimer timer_;
    bool paused_ = false;
    bool stopping_ = false;
    JobRunner runner_;
};

}  // namespace anamorph
