// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/curves_tabs.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTabBar>
#include <qcustomplot.h>

#include "ui/views/diagnostics_plots.h"
#include "ui/views/loss_plot.h"
#include "ui/views/models_tab.h"
#include "ui/views/panel_parts.h"
#include "ui/views/sites_tab.h"
#include "ui/views/validation_tab.h"
#include "ui/views/variogram_plots.h"

namespace anamorph {

CurvesTabs::CurvesTabs(Session& session, SiteSelection& selection, QWidget* parent)
    : QWidget(parent), session_(session), selection_(selection) {
    setObjectName(QStringLiteral("card"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumHeight(150);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 8, 0);
    bar_ = new QTabBar;
    bar_->setObjectName(QStringLiteral("tabs"));
    bar_->setExpanding(false);
    bar_->setUsesScrollButtons(false);
    bar_->setDrawBase(false);
    for (const QString& name : {tr("Loss"), tr("Variograms"), tr("Diagnostics"), tr("Models"), tr("Validation"), tr("Data"), tr("Log")})
        bar_->addTab(name);
    logarithmic_ = new QCheckBox(tr("log axis"));
    logarithmic_->setObjectName(QStringLiteral("logAxis"));
    logarithmic_->setToolTip(tooltip_text(tr("Draw each curve on a logarithmic axis above its own lowest value.")));
    head->addWidget(bar_);
    head->addStretch(1);
    head->addWidget(logarithmic_);
    column->addLayout(head);
    pages_ = new QStackedWidget;
    pages_->addWidget(make_loss_page());
    variograms_ = new VariogramPlots;
    variograms_->setContentsMargins(8, 4, 8, 0);
    pages_->addWidget(variograms_);
    diagnostics_ = new DiagnosticsPlots;
    pages_->addWidget(diagnostics_);
    models_ = new ModelsTab(session_);
    pages_->addWidget(models_);
    validation_ = new ValidationTab(session_);
    pages_->addWidget(validation_);
    sites_ = new SitesTab(session_, selection_);
    pages_->addWidget(sites_);
    pages_->addWidget(make_log_page());
    column->addWidget(pages_, 1);
    connect(bar_, &QTabBar::currentChanged, this, [this](int index) {
        pages_->setCurrentIndex(index);
        logarithmic_->setVisible(static_cast<Tab>(index) == Tab::loss);
    });
    connect(logarithmic_, &QCheckBox::toggled, loss_, &LossPlot::setLogarithmic);
    connect(&session_, &Session::fitChanged, this, &CurvesTabs::showHistory);
    connect(&session_, &Session::modelChanged, this,
            [this] { loss_->setDesignShown(session_.specification().design_weight > 0.0); });
    connect(&selection_, &SiteSelection::changed, this, [this] { diagnostics_->setSelection(selection_.rows()); });
}

QWidget* CurvesTabs::make_loss_page() {
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(8, 2, 8, 0);
    row->setSpacing(12);
    loss_ = new LossPlot;
    beside_loss_ = new VariogramPlots;
    row->addWidget(loss_, 5);
    row->addWidget(beside_loss_, 4);
    return page;
}

QWidget* CurvesTabs::make_log_page() {
    log_ = new QPlainTextEdit;
    log_->setReadOnly(true);
    log_->setFrameShape(QFrame::NoFrame);
    log_->setMaximumBlockCount(5000);
    connect(&session_, &Session::logAppended, log_, &QPlainTextEdit::appendPlainText);
    connect(&session_, &Session::logReset, this,
            [this] { log_->setPlainText(session_.log().join(QLatin1Char('\n'))); });
    return log_;
}

void CurvesTabs::show(Tab tab) { bar_->setCurrentIndex(static_cast<int>(tab)); }

CurvesTabs::Tab CurvesTabs::current() const { return static_cast<Tab>(bar_->currentIndex()); }

void CurvesTabs::startTraining() {
    loss_->clear();
    loss_->setDesignShown(session_.specification().design_weight > 0.0);
    show(Tab::loss);
}

void CurvesTabs::addTraining(const TrainingUpdate& update) {
    for (const IterationSummary& summary : update.iterations) {
        HistoryRow row;
        row.stage_index = summary.stage_index;
        row.iteration = summary.iteration;
        row.seconds = summary.seconds;
        row.loss = summary.loss;
        row.gradient_norm = summary.gradient_norm;
        loss_->append(row, QString::fromStdString(summary.stage), summary.total_iteration);
    }
    loss_->draw();
}

void CurvesTabs::showHistory() {
    const Session::FitPointer fit = session_.fit();
    if (fit)
        loss_->setHistory(fit->history);
    else
        loss_->clear();
}

void CurvesTabs::setDataPictures(std::shared_ptr<const DataPictures> pictures) {
    const auto dataset = session_.dataset();
    const QString unit = dataset ? QString::fromStdString(dataset->coordinate_system.unit) : QString();
    beside_loss_->setDataPictures(pictures, unit);
    variograms_->setDataPictures(std::move(pictures), unit);
}

void CurvesTabs::setModelPictures(std::shared_ptr<const ModelPictures> pictures) {
    const auto dataset = session_.dataset();
    beside_loss_->setModelPictures(pictures);
    variograms_->setModelPictures(pictures);
    diagnostics_->setPictures(std::move(pictures),
                              dataset ? QString::fromStdString(dataset->value_name) : QString());
}

void CurvesTabs::setTheme(const Theme& theme) {
    loss_->setTheme(theme);
    beside_loss_->setTheme(theme);
    variograms_->setTheme(theme);
    diagnostics_->setTheme(theme);
}

std::vector<QCustomPlot*> CurvesTabs::plots(Tab tab) const {
    switch (tab) {
        case Tab::loss: return {loss_->plot()};
        case Tab::variograms: return {variograms_->geographicPlot(), variograms_->deformedPlot()};
        case Tab::diagnostics: return {diagnostics_->residualPlot(), diagnostics_->quantilePlot()};
        default: return {};
    }
}

}  // namespace anamorph
