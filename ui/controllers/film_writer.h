// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QImage>
#include <QObject>
#include <QStringList>

#include "ui/controllers/job_runner.h"

namespace anamorph {

/// A film to be written: one animated PNG, or single pictures name_0001.png, … beside it.
struct FilmRequest {
    QString path;
    bool as_frames = false;
    int frames = 0;
    int frame_ms = 50;  ///< of the animated file

    /// The files that it will write, in turn.
    [[nodiscard]] QStringList files() const;
    /// Those of them that exist and would be replaced, and what surplus() are.
    [[nodiscard]] QStringList replaced() const;
    /// Frames that follow its last one without a gap: of a longer film of this name, and deleted with it.
    [[nodiscard]] QStringList surplus() const;

private:
    [[nodiscard]] QString frame(int number) const;  ///< from 1 on
};

/// Encodes and writes frames on a worker, as they come. Nothing has its final name before all of it is
/// written: a film that is cancelled or fails leaves the files that were there as they were. Once the files get
/// their names it can be cancelled no more.
class FilmWriter : public QObject {
    Q_OBJECT
public:
    explicit FilmWriter(QObject* parent = nullptr);
    ~FilmWriter() override;

    void start(const FilmRequest& request);
    /// A few frames wait for the worker; with more in hand nothing is gained by drawing ahead.
    [[nodiscard]] bool hasRoom() const;
    void add(const QImage& frame);
    [[nodiscard]] bool isBusy() const { return runner_.isBusy(); }

public Q_SLOTS:
    void cancel() { runner_.cancel(); }

Q_SIGNALS:
    void progressed(const anamorph::Progress& progress);
    void written(const QString& path, int frames);  ///< the file, or the first of them
    void failed(const QString& sentence);
    void cancelled();
    void finished();  ///< after every outcome, last

private:
    class Queue;
    JobRunner runner_;
    FilmRequest request_;
    std::shared_ptr<Queue> queue_;
};

}  // namespace anamorph
