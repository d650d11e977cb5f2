// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/explore_panel.h"

#include "ui/views/custom_plot.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {
namespace {

QVector<double> to_qt(const std::vector<double>& values) {
    return QVector<double>(values.begin(), values.end());
}

}  // namespace

ExplorePanel::ExplorePanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    QVBoxLayout* column = panel_column(this);
    column->setSpacing(6);
    mean_ = add_value(column, tr("Mean"), tr("Arithmetic mean of the values."));
    deviation_ = add_value(column, tr("Std. deviation"), tr("Spread of the values around their mean."));
    quartiles_ = add_value(column, tr("Quartiles"), tr("A quarter, half and three quarters of the values lie below these."));
    range_ = add_value(column, tr("Min, max"), tr("Smallest and largest value."));
    skewness_ = add_value(column, tr("Skewness"),
                          tr("0 for a symmetric distribution; beyond 1 consider the logarithm of the values."));
    column->addSpacing(4);
    column->addWidget(section_label(tr("Histogram")));
    histogram_ = new QCustomPlot;
    histogram_->setFixedHeight(112);
    histogram_->setToolTip(tooltip_text(tr("Number of sites in classes of the value.")));
    column->addWidget(histogram_);
    column->addWidget(section_label(tr("Normal quantiles")));
    quantiles_ = new QCustomPlot;
    quantiles_->setFixedHeight(120);
    quantiles_->setToolTip(tooltip_text(
        tr("Sorted values against the quantiles of a normal distribution: a straight line means normal.")));
    column->addWidget(quantiles_);
    auto* variograms = link_button(tr("Directional variograms"));
    connect(variograms, &QPushButton::clicked, this, &ExplorePanel::variogramsRequested);
    column->addWidget(variograms, 0, Qt::AlignLeft);
    auto* table = link_button(tr("Table of sites"));
    connect(table, &QPushButton::clicked, this, &ExplorePanel::tableRequested);
    column->addWidget(table, 0, Qt::AlignLeft);
    column->addStretch(1);
    setTheme(theme_);
}

void ExplorePanel::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void ExplorePanel::setPictures(std::shared_ptr<const DataPictures> pictures) {
    pictures_ = std::move(pictures);
    draw();
}

void ExplorePanel::draw() {
    histogram_->clearPlottables();
    quantiles_->clearPlottables();
    style_plot(*histogram_, theme_);
    style_plot(*quantiles_, theme_);
    if (pictures_) {
        const SummaryStatistics& s = pictures_->summary;
        const auto dataset = session_.dataset();
        const QString unit = dataset ? QString::fromStdString(dataset->value_unit) : QString();
        mean_->setText(number_with_unit(s.mean, unit, 4));
        deviation_->setText(number_with_unit(s.standard_deviation, unit, 4));
        quartiles_->setText(QStringLiteral("%1, %2, %3").arg(number_text(s.lower_quartile), number_text(s.median),
                                                             number_text(s.upper_quartile)));
        range_->setText(QStringLiteral("%1, %2").arg(number_text(s.minimum, 4), number_text(s.maximum, 4)));
        skewness_->setText(number_text(s.skewness, 2));
        draw_histogram();
        draw_quantiles();
    }
    histogram_->replot(QCustomPlot::rpQueuedReplot);
    quantiles_->replot(QCustomPlot::rpQueuedReplot);
}

void ExplorePanel::draw_histogram() {
    auto* bars = new QCPBars(histogram_->xAxis, histogram_->yAxis);
    bars->setWidth(pictures_->histogram.class_width * 0.94);
    bars->setData(to_qt(pictures_->histogram.centres), to_qt(pictures_->histogram.counts), true);
    bars->setPen(Qt::NoPen);
    bars->setBrush(theme_.curves[0]);
    histogram_->xAxis->ticker()->setTickCount(4);
    histogram_->yAxis->ticker()->setTickCount(3);
    fit_axes(*histogram_);
    histogram_->yAxis->setRangeLower(0.0);
    histogram_->xAxis->grid()->setVisible(false);
}

void ExplorePanel::draw_quantiles() {
    QCPGraph* points = quantiles_->addGraph();
    points->setLineStyle(QCPGraph::lsNone);
    points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme_.curves[0], 3));
    points->setData(to_qt(pictures_->quantiles.theoretical), to_qt(pictures_->quantiles.sample), true);
    const SummaryStatistics& s = pictures_->summary;
    QCPGraph* line = quantiles_->addGraph();
    line->setPen(QPen(theme_.muted, 1.0, Qt::DashLine));
    line->setData({-3.0, 3.0}, {s.mean - 3.0 * s.standard_deviation, s.mean + 3.0 * s.standard_deviation});
    quantiles_->xAxis->ticker()->setTickCount(4);
    quantiles_->yAxis->ticker()->setTickCount(3);
    fit_axes(*quantiles_);
}

}  // namespace anamorph
