// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/variogram_plots.h"

#include <algorithm>
#include <cmath>

#include <QGridLayout>
#include <QLabel>
#include "ui/views/custom_plot.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {

VariogramPlots::VariogramPlots(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(0);
    geographic_title_ = new QLabel;
    deformed_title_ = new QLabel;
    geographic_ = new QCustomPlot;
    deformed_ = new QCustomPlot;
    geographic_->setObjectName(QStringLiteral("geographicVariogram"));
    deformed_->setObjectName(QStringLiteral("deformedVariogram"));
    for (QCustomPlot* plot : {geographic_, deformed_}) {
        plot->setMinimumSize(150, 90);
        plot->yAxis->setLabel(tr("semivariance"));
        // For files, which stand alone; on the screen one row serves both.
        plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignLeft);
        plot->legend->setVisible(false);
        plot->setToolTip(tooltip_text(
            tr("Half the mean squared difference of two values against their distance. Before a deformation "
               "the directions differ; after the right one they fall on one curve.")));
    }
    legend_ = new QLabel;
    legend_->setObjectName(QStringLiteral("variogramLegend"));
    legend_->setMinimumWidth(0);
    for (QLabel* label : {geographic_title_, deformed_title_, legend_}) label->setFont(theme_font(11.0));
    for (QLabel* title : {geographic_title_, deformed_title_}) title->setMinimumWidth(0);
    for (QLabel* title : {geographic_title_, deformed_title_}) title->setProperty("role", QStringLiteral("muted"));
    grid->addWidget(legend_, 0, 0, 1, 2);
    grid->addWidget(geographic_title_, 1, 0);
    grid->addWidget(deformed_title_, 1, 1);
    grid->addWidget(geographic_, 2, 0);
    grid->addWidget(deformed_, 2, 1);
    empty_ = muted_label(tr("Variograms appear with the data."));
    empty_->setAlignment(Qt::AlignCenter);
    grid->addWidget(empty_, 2, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(2, 1);
    setTheme(theme_);
}

void VariogramPlots::setDataPictures(std::shared_ptr<const DataPictures> pictures, const QString& unit) {
    data_ = std::move(pictures);
    unit_ = unit;
    draw();
}

void VariogramPlots::setModelPictures(std::shared_ptr<const ModelPictures> pictures) {
    model_ = std::move(pictures);
    draw();
}

void VariogramPlots::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void VariogramPlots::draw_curves(QCustomPlot& plot, const std::vector<VariogramCurve>& curves) {
    std::size_t c = 0;
    for (const VariogramCurve& curve : curves) {
        QCPGraph* graph = plot.addGraph();
        const QColor colour = theme_.curves[c++ % theme_.curves.size()];
        graph->setPen(QPen(colour, 1.4));
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colour, 4.5));
        graph->setName(std::isnan(curve.direction) ? tr("all directions")
                                                   : QStringLiteral("%1°").arg(std::lround(curve.direction)));
        graph->setData(QVector<double>(curve.distance.begin(), curve.distance.end()),
                       QVector<double>(curve.gamma.begin(), curve.gamma.end()), true);
    }
}

void VariogramPlots::write_legend() {
    QStringList entries;
    const QCustomPlot* fuller = deformed_->graphCount() > 0 ? deformed_ : geographic_;
    for (int g = 0; g < fuller->graphCount(); ++g) {
        const QPen pen = fuller->graph(g)->pen();
        const bool dashed = pen.style() == Qt::DashLine;
        entries << QStringLiteral("<span style='color:%1'>%2</span>&nbsp;%3")
                       .arg(pen.color().name(), dashed ? QStringLiteral("–&nbsp;–") : QStringLiteral("●"),
                            fuller->graph(g)->name().toHtmlEscaped().replace(QLatin1Char(' '), QStringLiteral("&nbsp;")));
    }
    legend_->setText(entries.join(QStringLiteral("&nbsp;&nbsp; ")));
    legend_->setVisible(!entries.isEmpty());
}

void VariogramPlots::space_ticks() {
    const int ticks = std::clamp(width() / 2 / 80, 2, 8);
    for (QCustomPlot* plot : {geographic_, deformed_}) {
        plot->xAxis->ticker()->setTickCount(ticks);
        plot->xAxis->ticker()->setTickStepStrategy(QCPAxisTicker::tssReadability);
    }
}

void VariogramPlots::resizeEvent(QResizeEvent*) { space_ticks(); }

void VariogramPlots::draw() {
    for (QCustomPlot* plot : {geographic_, deformed_}) {
        plot->clearPlottables();
        style_plot(*plot, theme_);
    }
    // A model of transformed values is judged in their scale, in both spaces.
    const bool transformed = model_ && !model_->transform.empty();
    const QString suffix = transformed     ? tr(", of %1").arg(QString::fromStdString(model_->transform))
                           : unit_.isEmpty() ? QString()
                                             : QStringLiteral(" (%1)").arg(unit_);
    const bool of_a_part = data_ && data_->variogram_sites < data_->sites;
    const QString part = of_a_part ? tr(", from %1 of %2 sites").arg(count_text(data_->variogram_sites), count_text(data_->sites)) : QString();
    geographic_title_->setToolTip(of_a_part ? tooltip_text(tr("Pairs of a part of the sites, chosen at random: all pairs of so many sites would take hours and show the same.")) : QString());
    geographic_title_->setText(data_ ? tr("geographic%1").arg(suffix) + part : QString());
    deformed_title_->setText(model_ ? tr("deformed%1").arg(suffix) : data_ ? tr("deformed: after training") : QString());
    if (data_) draw_curves(*geographic_, transformed ? model_->geographic : data_->variograms);
    if (model_) {
        draw_curves(*deformed_, model_->variograms);
        if (!model_->model_distance.empty()) {
            QCPGraph* curve = deformed_->addGraph();
            curve->setName(tr("model"));
            curve->setPen(QPen(theme_.ink, 1.6, Qt::DashLine));
            curve->setData(QVector<double>(model_->model_distance.begin(), model_->model_distance.end()),
                           QVector<double>(model_->model_gamma.begin(), model_->model_gamma.end()), true);
        }
    }
    space_ticks();
    write_legend();
    geographic_->setVisible(data_ != nullptr);
    empty_->setVisible(data_ == nullptr);
    deformed_->setVisible(model_ != nullptr);
    double top = 0.0;
    for (QCustomPlot* plot : {geographic_, deformed_}) {
        plot->legend->setVisible(false);
        if (plot->graphCount() == 0) {
            plot->xAxis->setRange(0.0, 1.0);
            continue;
        }
        fit_axes(*plot);
        plot->xAxis->setRangeLower(0.0);
        top = std::max(top, plot->yAxis->range().upper);
    }
    for (QCustomPlot* plot : {geographic_, deformed_}) {
        plot->yAxis->setRange(0.0, top > 0.0 ? top : 1.0);
        plot->replot(QCustomPlot::rpQueuedReplot);
    }
}

}  // namespace anamorph
