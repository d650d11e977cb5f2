// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/file_controller.h"

#include <filesystem>

#include <QFileInfo>

#include "core/io/export.h"
#include "core/io/import.h"

namespace anamorph {
namespace {

std::filesystem::path to_path(const QString& path) {
    return std::filesystem::path(path.toStdString());
}

struct Opened {
    std::shared_ptr<Project> project;               ///< null for a table
    std::shared_ptr<const SpatialDataset> dataset;  ///< its data, or those of the table
    DataFactsPointer facts;
};

Opened open_any(const std::filesystem::path& path, const JobContext& context) {
    Opened opened;
    if (path.extension() == ".gpkg" || is_project_file(path)) {
        opened.project = std::make_shared<Project>(open_project(path));
        opened.dataset = opened.project->dataset;
    } else {
        opened.dataset = std::make_shared<const SpatialDataset>(import_file(path, {}, context.progress(), context.stop()));
    }
    if (opened.dataset) opened.facts = facts_of(*opened.dataset);
    return opened;
}

}  // namespace

FileController::FileController(Session& session, QObject* parent)
    : QObject(parent), session_(session) {
    for (JobRunner* runner : {&reader_, &writer_}) {
        connect(runner, &JobRunner::progressed, this, &FileController::progressed);
        connect(runner, &JobRunner::finished, this, &FileController::finished);
    }
    connect(&reader_, &JobRunner::failed, this,
            [this](const QString& sentence) { Q_EMIT failed(reading_title_, sentence); });
    connect(&writer_, &JobRunner::failed, this,
            [this](const QString& sentence) { Q_EMIT failed(writing_title_, sentence); });
}

void FileController::open(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    reading_title_ = tr("%1 could not be opened.").arg(name);
    Q_EMIT started(tr("Opening %1").arg(name));
    reader_.start([path](JobContext& context) { return open_any(to_path(path), context); },
                  [this, path, name](Opened opened_file) {
                      if (opened_file.project)
                          session_.setProject(std::move(*opened_file.project), path, std::move(opened_file.facts));
                      else
                          session_.setDataset(std::move(opened_file.dataset), std::move(opened_file.facts));
                      session_.appendLog(tr("Opened %1.").arg(name));
                      Q_EMIT opened(path);
                  });
}

void FileController::openUnsaved(const QString& copy) {
    reading_title_ = tr("The unsaved work could not be opened.");
    Q_EMIT started(tr("Opening unsaved work"));
    reader_.start([copy](JobContext& context) { return open_any(to_path(copy), context); },
                  [this, copy](Opened opened_file) {
                      session_.setUnsavedProject(std::move(*opened_file.project), std::move(opened_file.facts));
                      session_.appendLog(tr("Opened work that was not saved."));
                      Q_EMIT openedUnsaved(copy);
                  });
}

template <class Write>
void FileController::write(const QString& path, const QString& title, Write write) {
    writing_title_ = title;
    Q_EMIT started(tr("Writing %1").arg(QFileInfo(path).fileName()));
    writer_.start(
        [write, path](JobContext&) {
            write(to_path(path));
            return true;
        },
        [this, path](bool) {
            session_.appendLog(tr("Wrote %1.").arg(QFileInfo(path).fileName()));
            Q_EMIT exported(path);
        });
}

void FileController::save(const QString& path, const QString& view_state) {
    if (!session_.dataset()) return;
    session_.setViewState(view_state);
    session_.appendLog(tr("Saved as %1.").arg(QFileInfo(path).fileName()));
    writing_title_ = tr("The project could not be saved. The file on disk is as it was.");
    Q_EMIT started(tr("Saving %1").arg(QFileInfo(path).fileName()));
    auto project = std::make_shared<const Project>(session_.project());
    writer_.start(
        [path, project](JobContext&) {
            save_project(to_path(path), *project);
            return true;
        },
        [this, path, revision = session_.revision()](bool) {
            session_.markSaved(path, revision);
            Q_EMIT saved(path);
        });
}

void FileController::exportMapCsv(const QString& path) {
    if (!session_.shownMap()) return;
    write(path, tr("The predictions could not be written."),
          [map = session_.shownMap(), dataset = session_.dataset()](const std::filesystem::path& p) {
              write_map_csv(p, *map, *dataset);
          });
}

void FileController::exportGeoTiff(const QString& path) {
    if (!session_.shownMap()) return;
    write(path, tr("The GeoTIFF could not be written."),
          [map = session_.shownMap(), dataset = session_.dataset()](const std::filesystem::path& p) {
              write_geotiff(p, *map, *dataset);
          });
}

void FileController::exportSimulations(const QString& path) {
    if (!session_.simulations()) return;
    write(path, tr("The simulations could not be written."),
          [simulations = session_.simulations(), dataset = session_.dataset()](const std::filesystem::path& p) {
              std::vector<std::string> names;
              for (Index k = 1; k <= simulations->count(); ++k) names.push_back("simulation " + std::to_string(k));
              write_draws_geotiff(p, simulations->grid, simulations->draws, names, *dataset);
          });
}

}  // namespace anamorph
