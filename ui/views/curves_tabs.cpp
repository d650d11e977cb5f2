// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/curves_tabs.h"

#include <algorithm>
#include <array>

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
#include "ui/views/range_profile_tab.h"
#include "ui/views/sites_tab.h"
#include "ui/views/validation_tab.h"
#include "ui/views/variogram_plots.h"
#include "ui/views/warp_plots.h"

namespace anamorph {

namespace {

/// The tabs from left to right.
constexpr std::array in_bar = {CurvesTabs::Tab::loss, CurvesTabs::Tab::variograms, CurvesTabs::Tab::diagnostics,
                               CurvesTabs::Tab::warp, CurvesTabs::Tab::range, CurvesTabs::Tab::models,
                               CurvesTabs::Tab::validation, CurvesTabs::Tab::data, CurvesTabs::Tab::log};

}  // namespace

int CurvesTabs::place_of(Tab tab) {
    return static_cast<int>(std::find(in_bar.begin(), in_bar.end(), tab) - in_bar.begin());
}

CurvesTabs::CurvesTabs(Session& session, SiteSelection& selection, RangeProfileController& range, QWidget* parent)
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
    for (const QString& name : {tr("Loss"), tr("Variograms"), tr("Diagnostics"), tr("Warp"), tr("Range"), tr("Models"),
                                tr("Validation"), tr("Data"), tr("Log")})
        bar_->addTab(name);
    bar_->setTabToolTip(place_of(Tab::warp), tooltip_text(tr("How data on a line are stretched and squeezed: f(x) and its slope.")));
    bar_->setTabToolTip(place_of(Tab::range), tooltip_text(tr("The loss of a stationary model over fixed ranges, and its minima.")));
    bar_->setTabVisible(place_of(Tab::warp), false);
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
    range_ = new RangeProfileTab(session_, range);
    pages_->addWidget(range_);
    warp_ = new WarpPlots;
    pages_->addWidget(warp_);
    column->addWidget(pages_, 1);
    connect(bar_, &QTabBar::currentChanged, this, [this](int index) {
        const Tab tab = in_bar[static_cast<std::size_t>(std::max(index, 0))];
        pages_->setCurrentIndex(static_cast<int>(tab));
        logarithmic_->setVisible(tab == Tab::loss);
    });
    connect(logarithmic_, &QCheckBox::toggled, loss_, &LossPlot::setLogarithmic);
    // With the data, before a view that was saved on this tab is shown again.
    connect(&session_, &Session::datasetChanged, this, [this] {
        const auto dataset = session_.dataset();
        bar_->setTabVisible(place_of(Tab::warp), dataset && dataset->space_dimension() == 1);
        bar_->updateGeometry();  // or the last tab has no room
    });
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

void CurvesTabs::show(Tab tab) {
    if (has(tab)) bar_->setCurrentIndex(place_of(tab));
}

bool CurvesTabs::has(Tab tab) const { return bar_->isTabVisible(place_of(tab)); }

CurvesTabs::Tab CurvesTabs::current() const { return static_cast<Tab>(pages_->currentIndex()); }

void CurvesTabs::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    warp_->setSnapshot(std::move(snapshot));
}

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
    range_->setTheme(theme);
    warp_->setTheme(theme);
}

std::vector<QCustomPlot*> CurvesTabs::plots(Tab tab) const {
    switch (tab) {
        case Tab::loss: return {loss_->plot()};
        case Tab::variograms: return {variograms_->geographicPlot(), variograms_->deformedPlot()};
        case Tab::diagnostics: return {diagnostics_->residualPlot(), diagnostics_->quantilePlot()};
        case Tab::range: return {range_->profilePlot(), range_->transectPlot()};
        case Tab::warp: return {warp_->warpPlot(), warp_->slopePlot()};
        default: return {};
    }
}

}  // namespace anamorph
