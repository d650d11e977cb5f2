// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <QObject>
#include <QString>
#include <QTimer>

#include "core/base/progress.h"
#include "ui/controllers/latest_value.h"

namespace anamorph {

/// What a job may use of the world outside its parameters.
class JobContext {
public:
    JobContext(std::stop_token stop, std::shared_ptr<LatestValue<Progress>> box)
        : stop_(std::move(stop)), box_(std::move(box)) {}
    [[nodiscard]] const std::stop_token& stop() const { return stop_; }
    [[nodiscard]] ProgressObserver progress() const {
        return [box = box_](const Progress& p) { box->put(p); };
    }

private:
    std::stop_token stop_;
    std::shared_ptr<LatestValue<Progress>> box_;
};

/// Runs one kind of job, one at a time, on a thread of its own: parameters by value in; result,
/// error or cancelled out. A new job replaces the old one, whose outcome is then dropped by its run
/// number. This class holds the only threads of the ui, and catches what jobs throw.
///
/// Signals come on the thread of this object; progress at most 30 times a second.
class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QObject* parent = nullptr);
    /// Cancels and waits for the thread.
    ~JobRunner() override;

    /// `work` runs on the worker, `done` with its result on this object's thread.
    template <class Work, class Done>
    void start(Work work, Done done) {
        startErased([work = std::move(work), done = std::move(done)](JobContext& context) {
            auto result = std::make_shared<decltype(work(context))>(work(context));
            return std::function<void()>([done, result] { done(std::move(*result)); });
        });
    }
    /// Asks the running job to stop and discards what it would have given.
    void cancel();
    [[nodiscard]] bool isBusy() const { return busy_; }

Q_SIGNALS:
    void started();
    void progressed(const anamorph::Progress& progress);
    void failed(const QString& sentence);
    void cancelled();
    /// After every outcome, last.
    void finished();

private:
    using Delivery = std::function<void()>;
    struct Outcome {
        Delivery delivery;  ///< set on success
        QString error;      ///< set on failure
    };
    struct Run;

    void startErased(std::function<Delivery(JobContext&)> work);
    void conclude(long number, const Outcome& outcome);
    static Outcome perform(const std::function<Delivery(JobContext&)>& work, JobContext& context);

    std::vector<std::unique_ptr<Run>> runs_;  ///< the current one and those that still wind down
    std::shared_ptr<LatestValue<Progress>> box_;
    QTimer timer_;
    long current_ = 0;
    bool busy_ = false;
};

}  // namespace anamorph
