// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/warp_plots.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>

#include "ui/views/custom_plot.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {

WarpPlots::WarpPlots(QWidget* parent) : QWidget(parent) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("With a model of data on a line: the warp and its slope."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(8, 2, 8, 0);
    row->setSpacing(12);
    warp_ = new QCustomPlot;
    warp_->setObjectName(QStringLiteral("warpPlot"));
    slope_ = new QCustomPlot;
    slope_->setObjectName(QStringLiteral("slopePlot"));
    for (QCustomPlot* plot : {warp_, slope_}) {
        plot->setMinimumSize(180, 90);
        put_legend_above(*plot);
        row->addWidget(plot, 1);
    }
    slope_->yAxis->setScaleType(QCPAxis::stLogarithmic);
    const QSharedPointer<QCPAxisTickerLog> doubling(new QCPAxisTickerLog);
    doubling->setLogBase(2.0);
    slope_->yAxis->setTicker(doubling);
    warp_->setToolTip(tooltip_text(tr("Where the curve is steep, space is stretched: short waves become as long as the others.")));
    slope_->setToolTip(tooltip_text(tr("Above 1 space is stretched and correlation reaches less far than on average; below 1 it is squeezed and correlation reaches farther.")));
    pages_->addWidget(page);
}

void WarpPlots::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    snapshot_ = std::move(snapshot);
    draw();
}

void WarpPlots::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void WarpPlots::draw() {
    for (QCustomPlot* plot : {warp_, slope_}) {
        plot->clearPlottables();
        style_plot(*plot, theme_);
    }
    const bool any = snapshot_ && snapshot_->dimension == 1 && snapshot_->has_model && snapshot_->curve.x_in_geographic.size() > 1;
    pages_->setCurrentIndex(any ? 1 : 0);
    if (!any) return;
    const CurveLayer& c = snapshot_->curve;
    const QVector<double> x = to_qt(c.x_in_geographic);
    const auto line = [&](QCustomPlot* plot, const Vector& y, const QPen& pen, const QString& name) {
        QCPGraph* graph = plot->addGraph();
        graph->setData(x, to_qt(y), true);
        graph->setPen(pen);
        graph->setName(name);
    };
    const QPen dashed(theme_.muted, 1.2, Qt::DashLine), solid(theme_.accent, 1.8);
    line(warp_, c.x_in_geographic, dashed, tr("no deformation"));
    line(warp_, c.u_in_deformed, solid, tr("u = f(x)"));
    const Vector slope = c.log_abs_det.array().exp();
    line(slope_, Vector::Ones(slope.size()), dashed, tr("no deformation"));
    line(slope_, slope, solid, tr("slope f′(x)"));
    fit_axes(*warp_);
    slope_->xAxis->setRange(warp_->xAxis->range());
    slope_->yAxis->setRange(std::min(0.5, slope.minCoeff() / 1.2), std::max(2.0, slope.maxCoeff() * 1.2));
    const auto& s = *snapshot_;
    const QString name = s.coordinate_names.empty() ? QStringLiteral("x") : QString::fromStdString(s.coordinate_names.front());
    const QString unit = s.coordinate_unit.empty() ? QString() : QStringLiteral(" (%1)").arg(QString::fromStdString(s.coordinate_unit));
    for (QCustomPlot* plot : {warp_, slope_}) plot->xAxis->setLabel(name + unit);
    warp_->yAxis->setLabel(tr("deformed %1").arg(name) + unit);
    slope_->yAxis->setLabel(tr("slope"));
    for (QCustomPlot* plot : {warp_, slope_}) plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace anamorph
