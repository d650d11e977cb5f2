// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controllers/import_controller.h"

#include <utility>

namespace anamorph {
namespace {

TablePreview preview(const std::filesystem::path& path, const TableFormat& format, const JobContext& context) {
    TablePreview result;
    result.format = format;
    result.cells = preview_table(path, format, 50);
    auto table = std::make_shared<const Table>(read_table(path, format, context.progress(), context.stop()));
    result.guess = guess_import_options(*table);
    result.table = std::move(table);
    return result;
}

}  // namespace

ImportController::ImportController(QObject* parent) : QObject(parent) {
    connect(&reader_, &JobRunner::failed, this, &ImportController::previewFailed);
    connect(&reader_, &JobRunner::progressed, this, &ImportController::progressed);
    connect(&importer_, &JobRunner::failed, this, &ImportController::importFailed);
}

void ImportController::detect(const QString& path) {
    reader_.start(
        [file = std::filesystem::path(path.toStdString())](JobContext& context) {
            return preview(file, detect_table_format(file), context);
        },
        [this](TablePreview result) { Q_EMIT previewed(result); });
}

void ImportController::read(const QString& path, const TableFormat& format) {
    reader_.start(
        [file = std::filesystem::path(path.toStdString()), format](JobContext& context) {
            return preview(file, format, context);
        },
        [this](TablePreview result) { Q_EMIT previewed(result); });
}

void ImportController::import(std::shared_ptr<const Table> table, const ImportOptions& options) {
    importer_.start(
        [table, options](JobContext&) {
            auto dataset = std::make_shared<const SpatialDataset>(import_dataset(*table, options));
            return std::pair{dataset, facts_of(*dataset)};
        },
        [this](std::pair<std::shared_ptr<const SpatialDataset>, DataFactsPointer> read) {
            Q_EMIT imported(std::move(read.first), std::move(read.second));
        });
}

}  // namespace anamorph
