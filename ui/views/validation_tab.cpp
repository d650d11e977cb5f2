// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/validation_tab.h"

#include <algorithm>

#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QSaveFile>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>

#include "core/base/error.h"
#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"
#include "ui/views/tick_delegate.h"

namespace anamorph {

ValidationTab::ValidationTab(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("Compare models on held-out sites in the step Validate; they appear here as they finish."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 4, 8, 4);
    column->setSpacing(4);
    model_ = new ValidationModel(this);
    sorted_ = new QSortFilterProxyModel(this);
    sorted_->setSourceModel(model_);
    sorted_->setSortRole(Qt::UserRole);
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("validation"));
    table_->setModel(sorted_);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setItemDelegateForColumn(ValidationModel::compare, new TickDelegate(table_));
    style_table(*table_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(ValidationModel::rank, Qt::AscendingOrder);
    column->addWidget(table_, 1);
    column->addWidget(make_foot());
    pages_->addWidget(page);
    const auto open = [this](const QModelIndex& index) {
        if (index.isValid() && index.column() != ValidationModel::compare)
            session_.openCompared(model_->nameAt(sorted_->mapToSource(index).row()));
    };
    connect(table_, &QTableView::clicked, this, open);
    connect(table_, &QTableView::activated, this, open);
    connect(model_, &ValidationModel::tickedChanged, this, &ValidationTab::show_buttons);
    connect(&session_, &Session::validationChanged, this, &ValidationTab::refresh);
    connect(&session_, &Session::fitChanged, this, &ValidationTab::mark_opened);
    refresh();
}

/// The verdict at the left, what can be done with the table at the right.
QWidget* ValidationTab::make_foot() {
    auto* widget = new QWidget;
    auto* both = new QHBoxLayout(widget);
    both->setContentsMargins(8, 0, 0, 2);
    both->setSpacing(16);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    verdict_ = text_label(QString());
    verdict_->setObjectName(QStringLiteral("validationVerdict"));
    verdict_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(verdict_);
    message_ = muted_label(QString());
    words->addWidget(message_);
    words->addStretch(1);
    both->addLayout(words, 1);
    auto* row = new QVBoxLayout;
    row->setSpacing(4);
    both->addLayout(row);
    side_by_side_ = new QPushButton;
    side_by_side_->setObjectName(QStringLiteral("sideBySide"));
    connect(side_by_side_, &QPushButton::clicked, this, [this] { Q_EMIT sideBySideRequested(model_->ticked()); });
    row->addWidget(side_by_side_);
    export_ = new QPushButton(tr("Table as CSV …"));
    export_->setObjectName(QStringLiteral("exportValidation"));
    export_->setToolTip(tooltip_text(tr("All scores, differences and standard errors with all digits.")));
    connect(export_, &QPushButton::clicked, this, &ValidationTab::choose_and_write);
    row->addWidget(export_);
    row->addStretch(1);
    return widget;
}

void ValidationTab::refresh() {
    const Session::ValidationPointer result = session_.validation();
    const bool fresh = model_->rowCount() == 0;
    const int at = table_->verticalScrollBar()->value();
    model_->setResult(result);
    pages_->setCurrentIndex(result ? 1 : 0);
    if (!result) return;
    fit_columns();
    if (fresh) table_->sortByColumn(ValidationModel::rank, Qt::AscendingOrder);
    table_->verticalScrollBar()->setValue(at);
    QString verdict = QString::fromStdString(result->verdict);
    if (!verdict.isEmpty()) verdict[0] = verdict[0].toUpper();
    verdict_->setText(verdict);
    verdict_->setToolTip(QString::fromStdString(result->folds.description));
    mark_opened();
    show_buttons();
}

void ValidationTab::fit_columns() {
    constexpr int padding = 0;
    table_->resizeColumnsToContents();
    for (int c = 0; c < ValidationModel::note; ++c)
        table_->setColumnWidth(c, c == ValidationModel::compare ? 30 : table_->columnWidth(c) + padding);
    const auto& models = session_.validation()->models;
    const bool says_more = std::any_of(models.begin(), models.end(), [](const ModelScores& model) {
        return !model.chosen.empty() || !model.failure.empty();
    });
    table_->setColumnHidden(ValidationModel::note, !says_more);
    table_->horizontalHeader()->setStretchLastSection(says_more);
}

void ValidationTab::mark_opened() {
    const QString& opened = session_.openedModel();
    model_->setOpened(opened);
    const QSignalBlocker blocker(table_->selectionModel());
    const int row = model_->rowOf(opened);
    if (row < 0)
        table_->clearSelection();
    else
        table_->selectRow(sorted_->mapFromSource(model_->index(row, 0)).row());
    table_->viewport()->update();
    show_buttons();
}

void ValidationTab::show_buttons() {
    const auto count = model_->ticked().size();
    const bool possible = count >= 2 && count <= ValidationModel::most_compared;
    side_by_side_->setEnabled(possible);
    side_by_side_->setText(count >= 2 ? tr("Side by side (%1)").arg(count) : tr("Side by side"));
    side_by_side_->setToolTip(tooltip_text(tr("Maps and deformed spaces of two to four ticked models in linked views.")));
    const QString& opened = session_.openedModel();
    message_->setText(opened.isEmpty() ? tr("Click a row to see that model in both spaces; tick two to four to see them side by side.")
                                       : tr("Both spaces show the model in bold, fitted to all sites. Tick two to four to see them side by side."));
}

void ValidationTab::writeTable(const QString& path) const {
    const auto result = session_.validation();
    if (!result) return;
    QSaveFile file(path);
    const QByteArray text = QByteArray::fromStdString(comparison_csv(*result));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        throw Error(ErrorCode::input_output,
                    "The file " + path.toStdString() + " could not be written: " + file.errorString().toStdString() + ".",
                    "Choose another folder or name.");
}

void ValidationTab::choose_and_write() {
    QString path = QFileDialog::getSaveFileName(this, tr("Table"), QStringLiteral("models.csv"), tr("CSV table (*.csv)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".csv");
    try {
        writeTable(path);
        message_->setText(tr("Wrote %1").arg(QFileInfo(path).fileName()));
    } catch (const Error& error) {
        message_->setText(QString::fromStdString(error.full_text()));
    }
}

}  // namespace anamorph
