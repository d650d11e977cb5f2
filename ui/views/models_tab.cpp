// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/models_tab.h"

#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QTableView>

#include "ui/views/panel_parts.h"

namespace anamorph {

void style_table(QTableView& table) {
    table.setFrameShape(QFrame::NoFrame);
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setWordWrap(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(20);
    table.verticalHeader()->setMinimumSectionSize(18);
    table.horizontalHeader()->setHighlightSections(false);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
}

ModelsTab::ModelsTab(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("After training: every class that was fitted, one click away."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 0, 8, 0);
    column->setSpacing(0);
    model_ = new CandidatesModel(this);
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("candidates"));
    table_->setModel(model_);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    style_table(*table_);
    table_->horizontalHeader()->setStretchLastSection(true);
    column->addWidget(table_, 1);
    shown_ = muted_label(QString());
    shown_->setContentsMargins(8, 0, 0, 1);
    column->addWidget(shown_);
    pages_->addWidget(page);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) session_.showCandidate(static_cast<std::size_t>(current.row()));
            });
    connect(&session_, &Session::fitChanged, this, &ModelsTab::refresh);
    connect(&session_, &Session::candidateChanged, this, &ModelsTab::mark_shown);
    refresh();
}

void ModelsTab::refresh() {
    {
        const QSignalBlocker blocker(table_->selectionModel());
        model_->setFit(session_.fit());
    }
    pages_->setCurrentIndex(session_.fit() ? 1 : 0);
    table_->resizeColumnsToContents();
    for (int c = 0; c < CandidatesModel::standing; ++c) table_->setColumnWidth(c, table_->columnWidth(c) + 18);
    mark_shown();
}

void ModelsTab::mark_shown() {
    const Session::FitPointer fit = session_.fit();
    if (!fit || fit->candidates.empty()) return;
    const std::size_t shown = session_.shownCandidate();
    model_->setShown(shown);
    {
        const QSignalBlocker blocker(table_->selectionModel());
        table_->setCurrentIndex(model_->index(static_cast<int>(shown), 0));
        table_->selectRow(static_cast<int>(shown));
    }
    table_->viewport()->update();
    shown_->setText(tr("Both spaces show %1. Click a row to look at another class.")
                        .arg(QString::fromStdString(fit->candidates[shown].model->label())));
}

}  // namespace anamorph
