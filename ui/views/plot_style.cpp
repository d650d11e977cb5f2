// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/plot_style.h"

#include "ui/views/custom_plot.h"

namespace anamorph {
namespace {

void style_axis(QCPAxis& axis, const Theme& theme) {
    const QPen line(theme.hairline, 1.0);
    axis.setBasePen(line);
    axis.setTickPen(line);
    axis.setSubTickPen(Qt::NoPen);
    axis.setTickLengthIn(0);
    axis.setTickLengthOut(4);
    axis.setSubTicks(false);
    axis.setTickLabelColor(theme.muted);
    axis.setLabelColor(theme.muted);
    axis.setTickLabelFont(theme_font(10.5));
    axis.setLabelFont(theme_font(10.5));
    axis.setTickLabelPadding(3);
    axis.setLabelPadding(2);
    axis.grid()->setPen(QPen(theme.hairline, 1.0));
    axis.grid()->setSubGridVisible(false);
    axis.grid()->setZeroLinePen(QPen(theme.hairline, 1.0));
}

}  // namespace

QVector<double> to_qt(const Vector& v) { return QVector<double>(v.data(), v.data() + v.size()); }

void style_plot(QCustomPlot& plot, const Theme& theme) {
    plot.setLocale(QLocale(QLocale::English));  // thousands by a comma, as everywhere
    plot.setBackground(QBrush(theme.card));
    plot.axisRect()->setBackground(QBrush(theme.card));
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
        style_axis(*axis, theme);
        axis->ticker()->setTickCount(5);
    }
    plot.legend->setBrush(QBrush(QColor(theme.card.red(), theme.card.green(), theme.card.blue(), 225)));
    plot.legend->setBorderPen(Qt::NoPen);
    plot.legend->setTextColor(theme.ink);
    plot.legend->setFont(theme_font(10.5));
    plot.legend->setIconSize(14, 8);
    plot.legend->setIconTextPadding(4);
    plot.legend->setRowSpacing(0);
    plot.legend->setMargins(QMargins(4, 2, 4, 0));
    plot.legend->setColumnSpacing(7);
    plot.legend->setSelectedIconBorderPen(Qt::NoPen);
}

void style_right_axis(QCPAxis& axis, const Theme& theme) {
    style_axis(axis, theme);
    axis.grid()->setVisible(false);
    axis.ticker()->setTickCount(5);
}

void put_legend_above(QCustomPlot& plot) {
    auto* row = new QCPLayoutGrid;
    plot.plotLayout()->insertRow(0);
    plot.plotLayout()->addElement(0, 0, row);
    row->addElement(0, 0, plot.legend);
    auto* filler = new QCPLayoutElement(&plot);
    row->addElement(0, 1, filler);
    row->setColumnStretchFactor(0, 0.001);
    plot.plotLayout()->setRowStretchFactor(0, 0.001);
    plot.plotLayout()->setRowSpacing(0);
    plot.legend->setFillOrder(QCPLegend::foColumnsFirst);
    plot.legend->setWrap(0);
    plot.legend->setVisible(true);
}

void fit_axes(QCustomPlot& plot) {
    plot.rescaleAxes();
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
        const QCPRange range = axis->range();
        axis->setRange(range.lower - 0.05 * range.size(), range.upper + 0.05 * range.size());
    }
}

}  // namespace anamorph
