// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/controllers/job_runner.h"
#include "ui/models/session.h"

namespace anamorph {

/// Reads and writes the session's files on a worker: projects, tables with guessed columns, maps.
class FileController : public QObject {
    Q_OBJECT
public:
    explicit FileController(Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool isBusy() const { return reader_.isBusy() || writer_.isBusy(); }

    /// A project opens as it is, a table with guessed format and columns. The session changes only
    /// when the file could be read.
    void open(const QString& path);
    /// A copy of work that was not saved: opens as a project that has no file yet.
    void openUnsaved(const QString& copy);
    void save(const QString& path, const QString& view_state);
    void exportMapCsv(const QString& path);
    void exportGeoTiff(const QString& path);
    /// Every simulation as a band.
    void exportSimulations(const QString& path);

Q_SIGNALS:
    void started(const QString& what);
    void progressed(const anamorph::Progress& progress);
    void opened(const QString& path);
    void openedUnsaved(const QString& copy);
    void saved(const QString& path);
    void exported(const QString& path);
    void failed(const QString& title, const QString& sentence);
    void finished();

private:
    template <class Write>
    void write(const QString& path, const QString& title, Write write);

    Session& session_;
    QString reading_title_, writing_title_;
    JobRunner reader_, writer_;
};

}  // namespace anamorph
