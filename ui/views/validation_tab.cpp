// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/validation_tab.h"

#include <algorithm>

#include <QHeaderView>
#include <QStackedLayout>
#include <QTableView>

#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"

namespace anamorph {

ValidationTab::ValidationTab(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("Compare models on held-out sites in the step Validate; their scores appear here."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(8, 4, 8, 4);
    column->setSpacing(4);
    model_ = new ValidationModel(this);
    table_ = new QTableView;
    table_->setObjectName(QStringLiteral("validation"));
    table_->setModel(model_);
    style_table(*table_);
    table_->horizontalHeader()->setStretchLastSection(true);
    column->addWidget(table_, 1);
    verdict_ = text_label(QString());
    verdict_->setContentsMargins(8, 0, 0, 2);
    column->addWidget(verdict_);
    pages_->addWidget(page);
    connect(&session_, &Session::validationChanged, this, &ValidationTab::refresh);
    refresh();
}

void ValidationTab::refresh() {
    const Session::ValidationPointer result = session_.validation();
    model_->setResult(result);
    pages_->setCurrentIndex(result ? 1 : 0);
    table_->resizeColumnsToContents();
    for (int c = 0; c < ValidationModel::chosen; ++c) table_->setColumnWidth(c, table_->columnWidth(c) + 4);
    if (!result) return;
    // The last column says what the automatic model chose, or why a model failed.
    const bool says_more = std::any_of(result->models.begin(), result->models.end(), [](const ModelScores& model) {
        return !model.chosen.empty() || !model.failure.empty();
    });
    table_->setColumnHidden(ValidationModel::chosen, !says_more);
    QString verdict = QString::fromStdString(result->verdict);
    if (!verdict.isEmpty()) verdict[0] = verdict[0].toUpper();
    verdict_->setText(verdict);
    verdict_->setToolTip(QString::fromStdString(result->folds.description));
}

}  // namespace anamorph
