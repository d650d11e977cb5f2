// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/curve_export.h"

#include <algorithm>

#include <QFile>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <qcustomplot.h>

#include "core/base/error.h"

namespace anamorph {
namespace {

constexpr int gap = 16;
constexpr double points_per_pixel = 0.75;

QSize page_of(const std::vector<QCustomPlot*>& plots) {
    QSize page(0, 0);
    for (const QCustomPlot* plot : plots) {
        page.rwidth() += std::max(plot->width(), 240) + (page.width() > 0 ? gap : 0);
        page.rheight() = std::max({page.height(), plot->height(), 160});
    }
    return page;
}

void paint(const std::vector<QCustomPlot*>& plots, QPaintDevice* device, double scale, int height) {
    QCPPainter painter(device);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.scale(scale, scale);
    for (QCustomPlot* plot : plots) {
        const int width = std::max(plot->width(), 240);
        const bool shows_legend = plot->legend->visible();
        plot->legend->setVisible(true);  // a file stands alone
        plot->toPainter(&painter, width, height);
        plot->legend->setVisible(shows_legend);
        painter.translate(width + gap, 0);
    }
    painter.end();
}

}  // namespace

void export_curves(const std::vector<QCustomPlot*>& plots, const QString& title, const QString& path) {
    if (plots.empty()) throw Error(ErrorCode::bad_input, "There is no curve to write.");
    {
        QFile probe(path);
        if (!probe.open(QIODevice::WriteOnly))
            throw Error(ErrorCode::input_output,
                        "The file " + path.toStdString() + " cannot be written: " + probe.errorString().toStdString() + ".",
                        "Choose another folder or name.");
    }
    const QSize page = page_of(plots);
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setFileName(path);
        svg.setSize(page);
        svg.setViewBox(QRect(QPoint(0, 0), page));
        svg.setTitle(title);
        paint(plots, &svg, 1.0, page.height());
    } else if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
        QPdfWriter pdf(path);
        pdf.setTitle(title);
        pdf.setCreator(QStringLiteral("Anamorph"));
        pdf.setResolution(72);
        pdf.setPageSize(QPageSize(QSizeF(page) * points_per_pixel, QPageSize::Point));
        pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
        paint(plots, &pdf, points_per_pixel, page.height());
    } else {
        throw Error(ErrorCode::bad_input, "Curves are written as .pdf or .svg.", "Give the file one of these endings.");
    }
}

}  // namespace anamorph
