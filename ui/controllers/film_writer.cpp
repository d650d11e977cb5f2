// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/film_writer.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include <QDir>
#include <QFile>
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

QStringList FilmRequest::files() const {
    if (!as_frames) return {path};
    const QFileInfo info(path);
    QStringList names;
    for (int k = 1; k <= frames; ++k)
        names << info.path() + QLatin1Char('/') + info.completeBaseName() +
                     QStringLiteral("_%1.png").arg(k, 4, 10, QLatin1Char('0'));
    return names;
}

QStringList FilmRequest::replaced() const {
    QStringList there;
    for (const QString& file : files())
        if (QFileInfo::exists(file)) there << file;
    return there;
}

/// Frames between the window, which draws them, and the worker, which writes them.
class FilmWriter::Queue {
public:
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

/// One file, which gets its name when it is complete.
template <class Next>
void write_animated(const FilmRequest& request, const Next& next) {
    QSaveFile file(request.path);
    if (!file.open(QIODevice::WriteOnly)) refuse(request.path);
    AnimatedPng film(file, request.frames, request.frame_ms);
    for (int k = 0; k < request.frames; ++k)
        if (!film.add(next(k))) refuse(request.path);
    if (!film.finish() || !file.commit()) refuse(request.path);
}

/// Frames wait in a folder beside their place until there are all of them.
template <class Next>
void write_frames(const FilmRequest& request, const Next& next) {
    const QTemporaryDir waiting(QFileInfo(request.path).path() + QStringLiteral("/.film_XXXXXX"));
    if (!waiting.isValid()) refuse(request.path);
    const QStringList files = request.files();
    const auto in_waiting = [&](const QString& file) { return waiting.filePath(QFileInfo(file).fileName()); };
    for (int k = 0; k < request.frames; ++k)
        if (!next(k).save(in_waiting(files[k]), "PNG")) refuse(files[k]);
    for (const QString& file : files)
        if ((QFile::exists(file) && !QFile::remove(file)) || !QFile::rename(in_waiting(file), file)) refuse(file);
}

}  // namespace

FilmWriter::FilmWriter(QObject* parent) : QObject(parent) {
    connect(&runner_, &JobRunner::progressed, this, &FilmWriter::progressed);
    connect(&runner_, &JobRunner::failed, this, &FilmWriter::failed);
    connect(&runner_, &JobRunner::cancelled, this, &FilmWriter::cancelled);
    connect(&runner_, &JobRunner::finished, this, &FilmWriter::finished);
}

FilmWriter::~FilmWriter() = default;

void FilmWriter::start(const FilmRequest& request) {
    queue_ = std::make_shared<Queue>();
    runner_.start(
        [request, queue = queue_, text = tr("Writing the film").toStdString()](JobContext& context) {
            ProgressMeter meter(context.progress(), text);
            const auto next = [&](int k) {
                meter.report(static_cast<double>(k) / request.frames);
                return queue->take(context.stop());
            };
            if (request.as_frames)
                write_frames(request, next);
            else
                write_animated(request, next);
            return true;
        },
        [this, request](bool) { Q_EMIT written(request.files().constFirst(), request.frames); });
}

bool FilmWriter::hasRoom() const { return queue_ && queue_->hasRoom(); }

void FilmWriter::add(const QImage& frame) {
    if (queue_) queue_->put(frame);
}

}  // namespace anamorph
