// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/diagnostics_plots.h"

#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include "ui/views/custom_plot.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {
namespace {

void add_line(QCustomPlot& plot, const QVector<double>& x, const QVector<double>& y, const QPen& pen) {
    QCPGraph* line = plot.addGraph();
    line->setPen(pen);
    line->setData(x, y);
}

QString percent(double share) { return QStringLiteral("%1 %").arg(100.0 * share, 0, 'f', 1); }

}  // namespace

DiagnosticsPlots::DiagnosticsPlots(QWidget* parent) : QWidget(parent) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("After training: how well each site is predicted from all the others."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(8, 4, 8, 0);
    row->setSpacing(16);
    residuals_ = new QCustomPlot;
    residuals_->setToolTip(tooltip_text(
        tr("Standardised leave-one-out residuals against the prediction from all other sites: a band without shape around zero is good; "
           "95 % should lie between the dashed lines.")));
    quantiles_ = new QCustomPlot;
    quantiles_->setToolTip(tooltip_text(
        tr("Sorted residuals against normal quantiles: points on the line mean that the stated uncertainty is right.")));
    row->addWidget(residuals_, 3);
    row->addWidget(quantiles_, 2);
    auto* numbers = new QWidget;
    numbers->setFixedWidth(232);
    QVBoxLayout* column = panel_column(numbers);
    column->setSpacing(5);
    column->addWidget(section_label(tr("Leave-one-out")));
    coverage_90_ = add_value(column, tr("Inside 90 % interval"), tr("Share of the sites inside their 90 % prediction interval; it should be near 90 %."));
    coverage_95_ = add_value(column, tr("Inside 95 % interval"), tr("Share of the sites inside their 95 % prediction interval; it should be near 95 %."));
    mean_ = add_value(column, tr("Mean residual"), tr("Of the standardised residuals; should be near 0."));
    deviation_ = add_value(column, tr("Std. deviation"), tr("Of the standardised residuals; should be near 1."));
    drawn_ = muted_label(QString());
    drawn_->hide();
    column->addWidget(drawn_);
    column->addWidget(section_label(tr("Deformation")));
    fold_ = add_value(column, tr("Smallest det J"), tr("Positive everywhere: the map nowhere folds over itself."));
    round_trip_ = add_value(column, tr("Round trip"), tr("Largest distance between a point and the inverse of its image, as a share of the extent; exact: to rounding."));
    column->addStretch(1);
    row->addWidget(numbers);
    pages_->addWidget(page);
    setTheme(theme_);
}

void DiagnosticsPlots::setPictures(std::shared_ptr<const ModelPictures> pictures, const QString& value_title) {
    pictures_ = std::move(pictures);
    value_title_ = value_title;
    pages_->setCurrentIndex(pictures_ ? 1 : 0);
    draw();
}

void DiagnosticsPlots::setSelection(const std::vector<Index>& rows) {
    selection_ = rows;
    draw();
}

void DiagnosticsPlots::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void DiagnosticsPlots::draw() {
    for (QCustomPlot* plot : {residuals_, quantiles_}) {
        plot->clearPlottables();
        style_plot(*plot, theme_);
    }
    residuals_->xAxis->setLabel(tr("%1, predicted from the other sites").arg(value_title_));
    residuals_->yAxis->setLabel(tr("standardised residual"));
    quantiles_->xAxis->setLabel(tr("normal quantile"));
    quantiles_->yAxis->setLabel(tr("residual quantile"));
    if (pictures_ && pictures_->residuals.size() > 0 && pictures_->predicted.size() == pictures_->residuals.size()) {
        draw_residuals();
        draw_quantiles();
        write_numbers();
    }
    residuals_->replot(QCustomPlot::rpQueuedReplot);
    quantiles_->replot(QCustomPlot::rpQueuedReplot);
}

void DiagnosticsPlots::draw_residuals() {
    const Vector& predicted = pictures_->predicted;
    const Vector& residuals = pictures_->residuals;
    QCPGraph* points = residuals_->addGraph();
    points->setLineStyle(QCPGraph::lsNone);
    points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, theme_.curves[0], 4));
    QVector<double> x, y;
    if (pictures_->drawn.empty()) {
        x = QVector<double>(predicted.data(), predicted.data() + predicted.size());
        y = QVector<double>(residuals.data(), residuals.data() + residuals.size());
    }
    for (const Index row : pictures_->drawn) {
        x.append(predicted(row));
        y.append(residuals(row));
    }
    points->setData(x, y);
    const QVector<double> ends = {predicted.minCoeff(), predicted.maxCoeff()};
    add_line(*residuals_, ends, {0.0, 0.0}, QPen(theme_.muted, 1.0));
    for (const double limit : {-1.96, 1.96})
        add_line(*residuals_, ends, {limit, limit}, QPen(theme_.muted, 1.0, Qt::DashLine));
    QCPGraph* marked = residuals_->addGraph();
    marked->setLineStyle(QCPGraph::lsNone);
    marked->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme_.curves[1], 7));
    const std::size_t step = selection_.size() / 5000 + 1;
    for (std::size_t k = 0; k < selection_.size(); k += step)
        if (const Index row = selection_[k]; row >= 0 && row < residuals.size()) marked->addData(predicted(row), residuals(row));
    fit_axes(*residuals_);
}

void DiagnosticsPlots::draw_quantiles() {
    QCPGraph* points = quantiles_->addGraph();
    points->setLineStyle(QCPGraph::lsNone);
    points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, theme_.curves[0], 4));
    const NormalQuantilePlot& q = pictures_->quantiles;
    points->setData(QVector<double>(q.theoretical.begin(), q.theoretical.end()),
                    QVector<double>(q.sample.begin(), q.sample.end()), true);
    const double end = q.theoretical.empty() ? 3.0 : q.theoretical.back();
    add_line(*quantiles_, {-end, end}, {-end, end}, QPen(theme_.muted, 1.0, Qt::DashLine));
    fit_axes(*quantiles_);
}

void DiagnosticsPlots::write_numbers() {
    drawn_->setVisible(!pictures_->drawn.empty());
    drawn_->setToolTip(tooltip_text(tr("Chosen at random; the numbers are of all residuals.")));
    drawn_->setText(tr("%1 of %2 residuals drawn")
                        .arg(count_text(static_cast<long long>(pictures_->drawn.size())), count_text(pictures_->residuals.size())));
    coverage_90_->setText(percent(pictures_->coverage_90));
    coverage_95_->setText(percent(pictures_->coverage_95));
    mean_->setText(number_text(pictures_->residual_mean, 2));
    deviation_->setText(number_text(pictures_->residual_deviation, 3));
    fold_->setText(number_text(pictures_->certificate.minimum_det, 3) +
                   (pictures_->certificate.folds ? tr(" (folds)") : QString()));
    const double error = pictures_->certificate.round_trip_error;
    round_trip_->setText(error < 1e-12 ? tr("exact") : number_text(error, 2));
}

}  // namespace anamorph
