// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/film_writer.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <QTemporaryDir>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "ui/models/animated_png.h"

namespace anamorph {
namespace {

constexpr std::size_t most_waiting = 3;

[[noreturn]] void refuse(const QString& path) {
    throw Error(ErrorCode::input_output, "The film could not be written to " + path.toStdString() + ".",
                "Choose another folder or name, and see that the disk is not full.");
}

}  // namespace

QString FilmRequest::frame(int number) const {
    const QFileInfo info(path);
    return info.path() + QLatin1Char('/') + info.completeBaseName() +
           QStringLiteral("_%1.png").arg(number, 4, 10, QLatin1Char('0'));
}

QStringList FilmRequest::files() const {
    if (!as_frames) return {path};
    QStringList names;
    for (int k = 1; k <= frames; ++k) names << frame(k);
    return names;
}

QStringList FilmRequest::surplus() const {
    QStringList names;
    if (as_frames && frames > 0)
        for (int k = frames + 1; QFileInfo(frame(k)).isFile(); ++k) names << frame(k);
    return names;
}

QStringList FilmRequest::replaced() const {
    QStringList there;
    for (const QString& file : files())
        if (QFileInfo(file).isFile()) there << file;
    return there + surplus();
}

/// Frames between the window, which draws them, and the worker, which writes them.
class FilmWriter::Queue {
public:
    std::atomic<bool> written = false;  ///< all files have their names

    [[nodiscard]] bool hasRoom() {
        const std::lock_guard lock(mutex_);
        return frames_.size() < most_waiting;
    }
    void put(const QImage& frame) {
        {
            const std::lock_guard lock(mutex_);
            frames_.push_back(frame);
        }
        came_.notify_one();
    }
    /// The next frame, once there is one. @throws Error(cancelled)
    [[nodiscard]] QImage take(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        came_.wait(lock, stop, [this] { return !frames_.empty(); });
        throw_if_cancelled(stop);
        QImage frame = std::move(frames_.front());
        frames_.pop_front();
        return frame;
    }

private:
    std::mutex mutex_;
    std::condition_variable_any came_;
    std::deque<QImage> frames_;
};

namespace {

std::filesystem::path native(const QString& path) { return path.toStdU16String(); }

/// Files that get new names together, or keep their old ones.
class Renaming {
public:
    Renaming() = default;
    Renaming(const Renaming&) = delete;
    Renaming& operator=(const Renaming&) = delete;

    /// False where it could not be; then nothing was changed by this call.
    [[nodiscard]] bool rename(const QString& from, const QString& to) {
        std::error_code failed;
        std::filesystem::rename(native(from), native(to), failed);
        if (!failed) done_.emplace_back(from, to);
        return !failed;
    }
    /// The old names again, the last first. False where a file could not get its own back.
    [[nodiscard]] bool undo() {
        bool all = true;
        for (; !done_.empty(); done_.pop_back()) {
            std::error_code failed;
            std::filesystem::rename(native(done_.back().second), native(done_.back().first), failed);
            all = all && !failed;
        }
        return all;
    }

private:
    std::vector<std::pair<QString, QString>> done_;
};

/// One file, which gets its name when it is complete. `ready`: the last look at the stop token.
template <class Next, class Ready>
void write_animated(const FilmRequest& request, const Next& next, const Ready& ready) {
    QSaveFile file(request.path);
    if (!file.open(QIODevice::WriteOnly)) refuse(request.path);
    AnimatedPng film(file, request.frames, request.frame_ms);
    for (int k = 0; k < request.frames; ++k)
        if (!film.add(next(k))) refuse(request.path);
    if (!film.finish()) refuse(request.path);
    ready();
    if (!file.commit()) refuse(request.path);
}

/// Frames wait in a folder beside their place until there are all of them. Those of another film, which have
/// their names, are set aside in it, and get back if one cannot be replaced.
template <class Next, class Ready>
void write_frames(const FilmRequest& request, const Next& next, const Ready& ready) {
    QTemporaryDir waiting(QFileInfo(request.path).path() + QStringLiteral("/.film_XXXXXX"));
    if (!waiting.isValid()) refuse(request.path);
    const QStringList files = request.files();
    const auto in_waiting = [&](const QString& file) { return waiting.filePath(QFileInfo(file).fileName()); };
    for (int k = 0; k < request.frames; ++k)
        if (!next(k).save(in_waiting(files[k]), "PNG")) refuse(files[k]);
    ready();
    Renaming renaming;
    const auto give_up = [&](const QString& file) {
        if (renaming.undo()) refuse(file);
        waiting.setAutoRemove(false);
        throw Error(ErrorCode::input_output, "The film could not be written to " + file.toStdString() + ".",
                    "Older frames that could not be put back are kept in " + waiting.path().toStdString() + ".");
    };
    for (const QString& old : request.replaced())
        if (!renaming.rename(old, waiting.filePath(QStringLiteral("old_") + QFileInfo(old).fileName()))) give_up(old);
    for (const QString& file : files)
        if (!renaming.rename(in_waiting(file), file)) give_up(file);
}

}  // namespace

FilmWriter::FilmWriter(QObject* parent) : QObject(parent) {
    connect(&runner_, &JobRunner::progressed, this, &FilmWriter::progressed);
    connect(&runner_, &JobRunner::failed, this, &FilmWriter::failed);
    connect(&runner_, &JobRunner::cancelled, this, [this] {
        if (queue_ && queue_->written)  // it was too late
            Q_EMIT written(request_.files().constFirst(), request_.frames);
        else
            Q_EMIT cancelled();
    });
    connect(&runner_, &JobRunner::finished, this, &FilmWriter::finished);
}

FilmWriter::~FilmWriter() = default;

void FilmWriter::start(const FilmRequest& request) {
    request_ = request;
    queue_ = std::make_shared<Queue>();
    runner_.start(
        [request, queue = queue_, text = tr("Writing the film").toStdString()](JobContext& context) {
            ProgressMeter meter(context.progress(), text);
            const auto next = [&](int k) {
                meter.report(static_cast<double>(k) / request.frames);
                return queue->take(context.stop());
            };
            const auto ready = [&] { throw_if_cancelled(context.stop()); };
            if (request.as_frames)
                write_frames(request, next, ready);
            else
                write_animated(request, next, ready);
            queue->written = true;
            return true;
        },
        [this, request](bool) { Q_EMIT written(request.files().constFirst(), request.frames); });
}

bool FilmWriter::hasRoom() const { return queue_ && queue_->hasRoom(); }

void FilmWriter::add(const QImage& frame) {
    if (queue_) queue_->put(frame);
}

}  // namespace anamorph
