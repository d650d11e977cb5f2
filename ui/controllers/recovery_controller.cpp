// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/recovery_controller.h"

#include <algorithm>

#include <QFile>

#include "core/base/error.h"
#include "core/io/project_file.h"

namespace anamorph {
namespace {

constexpr qint64 least_share = 20;  // of the time that a copy takes, until the next one

}  // namespace

/// Writes from the worker of this controller and from that of a fit, one at a time.
struct RecoveryController::Writer {
    std::mutex mutex;
    std::string path;
    std::atomic<long> epoch{0};  ///< grows when what was to be kept is not wanted any more

    void write(const Project& project, long asked_in) {
        const std::lock_guard lock(mutex);
        if (epoch == asked_in) save_project(path, project);
    }
};

RecoveryController::RecoveryController(Session& session, TrainingController& training, QObject* parent)
    : QObject(parent), session_(session), training_(training) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &RecoveryController::look);
    for (const auto signal : {&Session::datasetChanged, &Session::modelChanged, &Session::fitChanged,
                              &Session::mapChanged, &Session::validationChanged, &Session::titleChanged})
        connect(&session_, signal, this, &RecoveryController::changed);
    training_.setCheckpoints([this]() -> std::function<void(const FitResult&)> {
        if (!folder_) return {};
        folder_->setTitle(session_.title());
        forgotten_ = false;
        auto unfinished = std::make_shared<Project>(session_.project());
        unfinished->options.resume_from.reset();
        unfinished->map.reset();
        unfinished->compared_model = -1;
        return [unfinished, writer = writer_, epoch = writer_->epoch.load()](const FitResult& partial) {
            unfinished->fit = partial;
            try {
                writer->write(*unfinished, epoch);
            } catch (const Error&) {  // a full disk must not end the fit
            }
        };
    });
    connect(&training_, &TrainingController::finished, this, &RecoveryController::changed);
    connect(&runner_, &JobRunner::finished, this, &RecoveryController::changed);  // what came meanwhile
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The copy of unsaved work could not be written: %1").arg(sentence));
    });
}

RecoveryController::~RecoveryController() {
    training_.setCheckpoints({});
    if (!writer_) return;
    ++writer_->epoch;
    const std::lock_guard lock(writer_->mutex);
    remove_adopted();
}

void RecoveryController::keepIn(const QString& folder) {
    auto made = std::make_unique<RecoveryFolder>(folder);
    if (!made->isUsable()) {
        session_.appendLog(tr("No copies of unsaved work are kept: %1 cannot be written.").arg(folder));
        return;
    }
    folder_ = std::move(made);
    writer_ = std::make_shared<Writer>();
    writer_->path = folder_->own().toStdString();
    changed();
}

QList<RecoveryFolder::Copy> RecoveryController::left() const {
    return folder_ ? folder_->left() : QList<RecoveryFolder::Copy>();
}

void RecoveryController::adopted(const QString& path) { adopted_ << path; }

void RecoveryController::changed() {
    if (!folder_) return;
    if (!session_.isDirty()) {
        forget();
    } else if (!timer_.isActive() && !runner_.isBusy() && session_.revision() != kept_revision_) {
        const qint64 rest = since_.isValid() ? least_share * spent_ - since_.elapsed() : 0;
        timer_.start(static_cast<int>(std::clamp<qint64>(rest, delay_, 3'600'000)));
    }
}

void RecoveryController::look() {
    if (!folder_ || !session_.isDirty() || !session_.dataset() || runner_.isBusy()) return;
    folder_->setTitle(session_.title());
    forgotten_ = false;
    kept_revision_ = session_.revision();
    since_.start();
    auto project = std::make_shared<const Project>(session_.project());
    runner_.start(
        [project, writer = writer_, epoch = writer_->epoch.load()](JobContext&) {
            writer->write(*project, epoch);
            return true;
        },
        [this](bool) {
            spent_ = since_.elapsed();
            remove_adopted();
            Q_EMIT kept();
        });
}

void RecoveryController::remove_adopted() {
    for (const QString& path : adopted_) RecoveryFolder::remove(path);
    adopted_.clear();
}

/// All is saved, or there is nothing: the copy would only offer what there is.
void RecoveryController::forget() {
    timer_.stop();
    remove_adopted();
    if (training_.isTraining() || forgotten_) return;
    forgotten_ = true;
    kept_revision_ = -1;
    ++writer_->epoch;
    runner_.start(
        [writer = writer_](JobContext&) {
            const std::lock_guard lock(writer->mutex);
            return QFile::remove(QString::fromStdString(writer->path));
        },
        [](bool) {});
}

}  // namespace anamorph
