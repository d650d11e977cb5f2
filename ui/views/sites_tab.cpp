// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/sites_tab.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "ui/models/number_text.h"
#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

SitesTab::SitesTab(Session& session, SiteSelection& selection, QWidget* parent)
    : QWidget(parent), session_(session), selection_(selection) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 4, 8, 4);
    column->setSpacing(4);
    model_ = new SitesModel(this);
    sorted_ = new QSortFilterProxyModel(this);
    sorted_->setSourceModel(model_);
    sorted_->setSortRole(Qt::UserRole);
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("sites"));
    table_->setModel(sorted_);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setToolTip(tooltip_text(tr("Rows that are selected here light up in both spaces, and the other way round.")));
    style_table(*table_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(-1, Qt::AscendingOrder);  // as in the file
    table_->horizontalHeader()->setDefaultSectionSize(120);
    column->addWidget(table_, 1);
    count_ = muted_label(QString());
    count_->setContentsMargins(8, 0, 0, 2);
    column->addWidget(count_);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SitesTab::from_table);
    connect(&selection_, &SiteSelection::changed, this, &SitesTab::to_table);
    connect(&session_, &Session::datasetChanged, this, [this] {
        updating_ = true;
        model_->setDataset(session_.dataset());
        updating_ = false;
        to_table();
    });
    to_table();
}

void SitesTab::from_table() {
    if (updating_) return;
    updating_ = true;
    std::vector<Index> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        rows.push_back(sorted_->mapToSource(index).row());
    selection_.select(std::move(rows));
    updating_ = false;
    to_table();
}

void SitesTab::to_table() {
    const auto dataset = session_.dataset();
    count_->setText(!dataset ? tr("No data yet.")
                    : selection_.isEmpty()
                        ? tr("%1 sites. Select rows here, or drag a box with Shift in a view.").arg(count_text(dataset->size()))
                        : tr("%1 of %2 sites selected.").arg(count_text(static_cast<long long>(selection_.rows().size())),
                                                             count_text(dataset->size())));
    if (updating_) return;
    updating_ = true;
    QItemSelection chosen;
    QModelIndex first;
    for (const Index row : selection_.rows()) {
        const QModelIndex index = sorted_->mapFromSource(model_->index(static_cast<int>(row), 0));
        if (!index.isValid()) continue;
        chosen.select(index, index);
        if (!first.isValid()) first = index;
    }
    table_->selectionModel()->select(chosen, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (first.isValid()) table_->scrollTo(first);
    updating_ = false;
}

}  // namespace anamorph
