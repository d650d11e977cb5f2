// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/training_controller.h"

#include <algorithm>

#include "core/base/error.h"
#include "ui/scenes/shown_realisation.h"
#include "ui/scenes/spaces_snapshot.h"

namespace anamorph {
namespace {

/// Both spaces at one iterate; null where it cannot be drawn, which must not end the fit.
std::shared_ptr<const SpacesSnapshot> picture_of(const FittedModel& model) {
    try {
        return of_realisation(make_snapshot(model, nullptr, SnapshotDetail::training), model.dataset(), {});
    } catch (const Error&) {
        return nullptr;
    }
}

/// Lets pictures take a tenth of the fit's time at most: of a million sites they are dear.
class PicturePace {
public:
    [[nodiscard]] bool isDue() const { return !drawn_once_ || since_.nsecsElapsed() > 9 * cost_; }
    template <class Draw>
    auto time(Draw draw) {
        QElapsedTimer clock;
        clock.start();
        auto picture = draw();
        cost_ = clock.nsecsElapsed();
        since_.start();
        drawn_once_ = true;
        return picture;
    }

private:
    QElapsedTimer since_;
    qint64 cost_ = 0;
    bool drawn_once_ = false;
};

/// The core makes a model of an iterate for each picture, too.
double pictures_a_second(double wanted, Index sites) {
    return std::min(wanted, 2e5 / static_cast<double>(std::max<Index>(sites, 1)));
}

}  // namespace

TrainingController::TrainingController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    timer_.setInterval(33);
    connect(&timer_, &QTimer::timeout, this, &TrainingController::drain);
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("Training failed: %1").arg(sentence));
        Q_EMIT failed(sentence);
    });
    connect(&runner_, &JobRunner::cancelled, this, [this] {
        session_.appendLog(tr("Training cancelled; the earlier result stays."));
        Q_EMIT cancelled();
    });
    connect(&runner_, &JobRunner::finished, this, [this] {
        drain();
        timer_.stop();
        paused_ = stopping_ = false;
        Q_EMIT stateChanged();
        Q_EMIT finished();
    });
}

void TrainingController::train() { start(session_.options()); }

void TrainingController::resume() {
    FitOptions options = session_.options();
    options.resume_from = session_.fit();
    if (options.resume_from) session_.appendLog(tr("Continuing an interrupted fit."));
    start(std::move(options));
}

void TrainingController::start(FitOptions options) {
    if (runner_.isBusy() || !session_.dataset()) return;
    if (const QStringList problems = session_.problems(); !problems.isEmpty()) {
        Q_EMIT failed(problems.join(QLatin1Char(' ')));
        return;
    }
    control_ = std::make_shared<Control>();
    paused_ = stopping_ = false;
    session_.appendLog(tr("Training: %1, %2 sites, seed %3.")
                           .arg(session_.automatic()
                                    ? tr("automatic model")
                                    : QString::fromStdString(to_string(session_.specification().deformation)))
                           .arg(session_.dataset()->size())
                           .arg(session_.options().seed));
    if (checkpoints_) options.checkpoint = checkpoints_();
    Q_EMIT trainingStarted();
    runner_.start(
        [dataset = session_.dataset(), specification = session_.specification(), options, automatic = session_.automatic(),
         control = control_](JobContext& context) -> std::shared_ptr<const FitResult> {
            const std::stop_token stop = context.stop();
            PicturePace pace;
            FitOptions paced = options;
            paced.snapshots_per_second = pictures_a_second(options.snapshots_per_second, dataset->size());
            const FitObserver observer = [&](const IterationSummary& summary) {
                if (summary.snapshot && pace.isDue())
                    control->feed.add(pace.time([&] { return picture_of(*summary.snapshot); }));
                control->feed.add(summary);
                control->gate.pass(stop);
                return control->keep_best ? FitDecision::stop_keep_best : FitDecision::proceed;
            };
            return std::make_shared<const FitResult>(
                automatic ? fit_automatic(dataset, specification, paced, observer, stop)
                          : anamorph::fit(dataset, specification, paced, observer, stop));
        },
        [this](std::shared_ptr<const FitResult> fit) { accept(std::move(fit)); });
    timer_.start();
    Q_EMIT stateChanged();
}

void TrainingController::accept(std::shared_ptr<const FitResult> fit) {
    drain();
    session_.appendLog(tr("Trained in %1 s, %2 iterations: %3%4")
                           .arg(fit->seconds, 0, 'f', 1)
                           .arg(fit->iterations)
                           .arg(QString::fromStdString(fit->model().label()))
                           .arg(fit->stopped_early ? tr(" (stopped early, best iterate kept)") : QString()));
    for (const std::string& warning : fit->warnings)
        session_.appendLog(tr("Warning: %1").arg(QString::fromStdString(warning)));
    session_.setFit(std::move(fit));
    Q_EMIT trained();
}

void TrainingController::drain() {
    if (!control_) return;
    const TrainingUpdate update = control_->feed.take();
    if (update.iterations.empty() && !update.picture) return;
    for (const IterationSummary& summary : update.iterations)
        for (const std::string& warning : summary.warnings)
            session_.appendLog(tr("Warning: %1").arg(QString::fromStdString(warning)));
    Q_EMIT updated(update);
}

void TrainingController::setPaused(bool paused) {
    if (!runner_.isBusy() || paused == paused_) return;
    paused_ = paused;
    control_->gate.setPaused(paused);
    Q_EMIT stateChanged();
}

void TrainingController::stopKeepBest() {
    if (!runner_.isBusy()) return;
    stopping_ = true;
    control_->keep_best = true;
    setPaused(false);
    Q_EMIT stateChanged();
}

void TrainingController::cancel() {
    if (!runner_.isBusy()) return;
    stopping_ = true;
    runner_.cancel();
    setPaused(false);
    Q_EMIT stateChanged();
}

}  // namespace anamorph
