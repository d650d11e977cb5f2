// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/sites_tab.h"

#include <algorithm>

#include <QHeaderView>
#include <QTableView>

#include "core/fit/student_noise.h"
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
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("sites"));
    table_->setModel(model_);
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
        order_.cancel();
        updating_ = true;
        model_->setDataset(session_.dataset());
        table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
        updating_ = false;
        to_table();
    });
    connect(model_, &SitesModel::sortRequested, this, [this](int sorted_by, Qt::SortOrder direction) {
        if (!updating_) order_.order(session_.dataset(), model_->noiseWeights(), sorted_by, direction);
    });
    for (const auto signal : {&Session::fitChanged, &Session::candidateChanged})
        connect(&session_, signal, this, &SitesTab::showNoiseWeights);
    connect(&order_, &SiteOrderController::ordered, this, [this](const std::vector<std::int32_t>& sites) {
        updating_ = true;
        table_->selectionModel()->clear();
        model_->setOrder(sites);
        updating_ = false;
        to_table();
    });
    to_table();
}

/// Of the model that is shown, where its noise is Student's: the least weights are the outliers.
void SitesTab::showNoiseWeights() {
    const auto model = session_.shownModel();
    const bool own = model && session_.dataset() && model->dataset().size() == session_.dataset()->size();
    updating_ = true;
    model_->setNoiseWeights(own ? noise_weights(*model) : Vector());
    updating_ = false;
    to_table();
}

void SitesTab::from_table() {
    if (updating_) return;
    updating_ = true;
    std::vector<Index> rows;
    for (const QItemSelectionRange& range : table_->selectionModel()->selection())
        for (int r = range.top(); r <= range.bottom(); ++r) rows.push_back(model_->siteOf(r));
    selection_.select(std::move(rows));
    updating_ = false;
    to_table();
}

QItemSelection SitesTab::shown_selection() const {
    constexpr std::size_t most = 1'000;  // of scattered rows; beyond it the views and the count tell
    const std::vector<Index>& selected = selection_.rows();
    const int last = model_->rowCount() - 1;
    if (last >= 0 && selected.size() == static_cast<std::size_t>(last) + 1)
        return {model_->index(0, 0), model_->index(last, 0)};
    if (selected.size() > most) return {};
    std::vector<int> rows;
    for (const Index site : selected)
        if (site >= 0 && site <= last) rows.push_back(model_->rowOf(site));
    std::sort(rows.begin(), rows.end());
    QItemSelection chosen;
    for (std::size_t k = 0; k < rows.size();) {  // one range for rows that follow each other
        std::size_t end = k + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
        chosen.append(QItemSelectionRange(model_->index(rows[k], 0), model_->index(rows[end - 1], 0)));
        k = end;
    }
    return chosen;
}

void SitesTab::to_table() {
    const auto dataset = session_.dataset();
    count_->setText(!dataset ? tr("No data yet.")
                    : selection_.isEmpty()
                        ? (dataset->has_realisations() ? tr("%1 values. Select rows here, or drag a box with Shift in a view.")
                                                       : tr("%1 sites. Select rows here, or drag a box with Shift in a view."))
                              .arg(count_text(dataset->size()))
                        : tr("%1 of %2 sites selected.").arg(count_text(static_cast<long long>(selection_.rows().size())),
                                                             count_text(dataset->size())));
    if (updating_) return;
    updating_ = true;
    const QItemSelection chosen = shown_selection();
    table_->selectionModel()->select(chosen, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (!chosen.isEmpty()) table_->scrollTo(chosen.front().topLeft());
    updating_ = false;
}

}  // namespace anamorph
