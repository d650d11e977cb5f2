// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QObject>

#include "core/io/import.h"
#include "ui/controllers/job_runner.h"
#include "ui/models/data_facts.h"

namespace anamorph {

/// What the import dialog shows of a file.
struct TablePreview {
    TableFormat format;
    std::vector<std::vector<std::string>> cells;  ///< header first, where there is one
    std::shared_ptr<const Table> table;           ///< the whole file
    ImportOptions guess;
};

/// Reads tables for the import dialog on a worker: format, preview, columns; then the data set.
class ImportController : public QObject {
    Q_OBJECT
public:
    explicit ImportController(QObject* parent = nullptr);

    /// Recognises the format and reads.
    void detect(const QString& path);
    /// Reads again in a format that the user changed.
    void read(const QString& path, const TableFormat& format);
    void import(std::shared_ptr<const Table> table, const ImportOptions& options);
    [[nodiscard]] bool isBusy() const { return reader_.isBusy() || importer_.isBusy(); }

Q_SIGNALS:
    void previewed(const anamorph::TablePreview& preview);
    void previewFailed(const QString& sentence);
    void progressed(const anamorph::Progress& progress);
    void imported(std::shared_ptr<const anamorph::SpatialDataset> dataset, anamorph::DataFactsPointer facts);
    void importFailed(const QString& sentence);

private:
    JobRunner reader_, importer_;
};

}  // namespace anamorph
