// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/recovery_controller.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <string>
#include <utility>

#include <QFile>

#include "core/io/project_file.h"

namespace anamorph {
namespace {

constexpr qint64 least_share = 20;  // of the time that a copy takes, until the next one
constexpr qint64 after_failure = 60'000;  // ms until it is tried again

}  // namespace

/// What the copy is to hold, and who writes it: the worker of this controller and that of a fit, one at
/// a time. The last state of an unfinished fit stands in the copy beside all that the session has.
class RecoveryController::Writer {
public:
    explicit Writer(std::string path) : path_(std::move(path)) {}

    void set_project(std::shared_ptr<const Project> project) {
        const std::lock_guard lock(state_);
        project_ = std::move(project);
    }
    void set_unfinished(std::shared_ptr<const FitResult> fit) {
        const std::lock_guard lock(state_);
        unfinished_ = std::move(fit);
    }
    [[nodiscard]] long epoch() const { return epoch_; }
    /// Nothing of what was to be kept is wanted any more.
    void forget() {
        ++epoch_;
        const std::lock_guard lock(state_);
        project_.reset();
        unfinished_.reset();
    }
    void wait() { const std::lock_guard lock(file_); }

    /// @throws Error(input_output)
    void write(long asked_in) {
        const std::lock_guard lock(file_);
        std::shared_ptr<const Project> project;
        std::shared_ptr<const FitResult> unfinished;
        {
            const std::lock_guard state(state_);
            project = project_;
            unfinished = unfinished_;
        }
        if (epoch_ != asked_in || !project) return;
        if (!unfinished) {
            save_project(path_, *project);
            return;
        }
        Project both = *project;
        if (both.fit && !both.trained) both.trained = std::move(both.fit);
        both.fit = *unfinished;
        both.map.reset();
        both.compared_model = -1;
        save_project(path_, both);
    }
    void remove(long asked_in) {
        const std::lock_guard lock(file_);
        if (epoch_ == asked_in) QFile::remove(QString::fromStdString(path_));
    }

private:
    std::mutex file_, state_;  ///< the file's is held while it is written; the other for moments only
    std::string path_;
    std::atomic<long> epoch_{0};
    std::shared_ptr<const Project> project_;
    std::shared_ptr<const FitResult> unfinished_;
};

RecoveryController::RecoveryController(Session& session, TrainingController& training, QObject* parent)
    : QObject(parent), session_(session), training_(training) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &RecoveryController::look);
    for (const auto signal : {&Session::datasetChanged, &Session::modelChanged, &Session::fitChanged,
                              &Session::mapChanged, &Session::validationChanged, &Session::titleChanged})
        connect(&session_, signal, this, &RecoveryController::changed);
    training_.setCheckpoints([this] { return checkpoint(); });
    connect(&training_, &TrainingController::finished, this, [this] {
        if (!writer_) return;
        writer_->set_unfinished(nullptr);
        kept_revision_ = -1;
        changed();
    });
    connect(&runner_, &JobRunner::finished, this, &RecoveryController::changed);  // what came meanwhile
    connect(&runner_, &JobRunner::failed, this, [this](const QString& sentence) {
        session_.appendLog(tr("The copy of unsaved work could not be written: %1").arg(sentence));
        kept_revision_ = -1;
        spent_ = after_failure / least_share;
    });
}

RecoveryController::~RecoveryController() {
    training_.setCheckpoints({});
    if (!writer_) return;
    writer_->forget();
    writer_->wait();
    remove_adopted();
}

/// What takes the state of a fit that begins now, at most in a twentieth of its time.
std::function<void(const FitResult&)> RecoveryController::checkpoint() {
    if (!folder_) return {};
    folder_->setTitle(session_.title());
    forgotten_ = false;
    writer_->set_project(std::make_shared<const Project>(session_.project()));
    struct Pace {
        QElapsedTimer since;
        qint64 spent = 0;
    };
    return [writer = writer_, epoch = writer_->epoch(), pace = std::make_shared<Pace>()](const FitResult& partial) {
        if (pace->since.isValid() && pace->since.elapsed() < least_share * pace->spent) return;
        pace->since.start();
        try {
            writer->set_unfinished(std::make_shared<const FitResult>(partial));
            writer->write(epoch);
        } catch (const std::exception&) {  // neither a full disk nor too little memory may end the fit
        }
        pace->spent = pace->since.elapsed();
    };
}

void RecoveryController::keepIn(const QString& folder) {
    auto made = std::make_unique<RecoveryFolder>(folder);
    if (!made->isUsable()) {
        session_.appendLog(tr("No copies of unsaved work are kept: %1 cannot be written.").arg(folder));
        return;
    }
    folder_ = std::move(made);
    writer_ = std::make_shared<Writer>(folder_->own().toStdString());
    changed();
}

QList<RecoveryFolder::Copy> RecoveryController::left() const {
    return folder_ ? folder_->left() : QList<RecoveryFolder::Copy>();
}

void RecoveryController::unreadable(const QString& path) { QFile::rename(path, path + QStringLiteral(".unreadable")); }

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
    writer_->set_project(std::make_shared<const Project>(session_.project()));
    runner_.start(
        [writer = writer_, epoch = writer_->epoch()](JobContext&) {
            writer->write(epoch);
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
    writer_->forget();
    runner_.start(
        [writer = writer_, epoch = writer_->epoch()](JobContext&) {
            writer->remove(epoch);
            return true;
        },
        [](bool) {});
}

}  // namespace anamorph
