// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/comparison_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include "ui/views/custom_plot.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {
namespace {

constexpr std::array shapes = {QCPScatterStyle::ssDisc, QCPScatterStyle::ssSquare, QCPScatterStyle::ssTriangle,
                               QCPScatterStyle::ssDiamond, QCPScatterStyle::ssTriangleInverted, QCPScatterStyle::ssCircle};

void make_logarithmic(QCPAxis& axis) {
    axis.setScaleType(QCPAxis::stLogarithmic);
    axis.setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
    axis.setNumberFormat(QStringLiteral("eb"));
    axis.setNumberPrecision(0);
}

void set_range(QCPAxis& axis, double low, double high) {
    const double margin = std::max(1.4, std::pow(high / low, 0.08));
    axis.setRange(low / margin, high * margin);
}

}  // namespace

ComparisonPlot::ComparisonPlot(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(4);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(8);
    error_ = new QComboBox;
    error_->setObjectName(QStringLiteral("errorChoice"));
    error_->addItem(tr("Error of the log-likelihood"), ComparisonModel::error);
    error_->addItem(tr("Kullback–Leibler divergence"), ComparisonModel::divergence);
    error_->addItem(tr("Largest difference of the map"), ComparisonModel::mean_difference);
    error_->addItem(tr("Largest difference of the std. dev."), ComparisonModel::sd_difference);
    cost_ = new QComboBox;
    cost_->addItem(tr("Seconds of a value and its gradient"), ComparisonModel::gradient_seconds);
    cost_->addItem(tr("Seconds of a value"), ComparisonModel::value_seconds);
    cost_->addItem(tr("Seconds of the map"), ComparisonModel::map_seconds);
    choices->addWidget(error_);
    auto* against = new QLabel(tr("against"));
    against->setProperty("role", QStringLiteral("muted"));
    choices->addWidget(against);
    choices->addWidget(cost_);
    choices->addStretch(1);
    column->addLayout(choices);
    empty_ = muted_label(QString());
    empty_->setAlignment(Qt::AlignCenter);
    column->addWidget(empty_, 1);
    plot_ = new QCustomPlot;
    plot_->setObjectName(QStringLiteral("comparisonPlot"));
    plot_->setMinimumHeight(180);
    plot_->setMouseTracking(true);
    put_legend_above(*plot_);
    make_logarithmic(*plot_->xAxis);
    make_logarithmic(*plot_->yAxis);
    column->addWidget(plot_, 1);
    connect(error_, &QComboBox::currentIndexChanged, this, &ComparisonPlot::draw);
    connect(cost_, &QComboBox::currentIndexChanged, this, &ComparisonPlot::draw);
    connect(plot_, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) { read_out(event->position()); });
    draw();
}

void ComparisonPlot::setComparison(std::shared_ptr<const ApproximationComparison> comparison, const QString& value_unit) {
    comparison_ = std::move(comparison);
    value_unit_ = value_unit;
    draw();
}

void ComparisonPlot::setTheme(const Theme& theme) {
    theme_ = theme;
    draw();
}

void ComparisonPlot::draw_family(const QString& family, const QColor& colour, int shape) {
    const int error = error_->currentData().toInt(), cost = cost_->currentData().toInt();
    QVector<double> seconds, errors;
    for (const ApproximationRow& row : comparison_->rows) {
        if (ComparisonModel::family(row) != family) continue;
        const double x = ComparisonModel::number(row, cost), y = std::abs(ComparisonModel::number(row, error));
        if (!(x > 0.0) || !(y > 0.0) || !std::isfinite(x) || !std::isfinite(y)) continue;
        seconds.append(x);
        errors.append(y);
        points_.push_back({x, y, QString::fromStdString(row.label)});
    }
    if (seconds.isEmpty()) return;
    auto* curve = new QCPCurve(plot_->xAxis, plot_->yAxis);  // joins its points in the order of the tuning
    curve->setName(family);
    curve->setPen(QPen(colour, 1.5));
    curve->setScatterStyle(QCPScatterStyle(shapes[static_cast<std::size_t>(shape) % shapes.size()], colour, 7));
    curve->setData(seconds, errors);
}

void ComparisonPlot::draw() {
    plot_->clearPlottables();
    points_.clear();
    style_plot(*plot_, theme_);
    plot_->setLocale(QLocale::c());  // powers of ten are set as such only here
    QStringList families;
    if (comparison_)
        for (const ApproximationRow& row : comparison_->rows)
            if (const QString family = ComparisonModel::family(row);
                row.options.kind != LikelihoodKind::exact && !families.contains(family))
                families << family;
    QList<QColor> colours(theme_.curves.begin(), theme_.curves.end());
    colours << theme_.ink << theme_.muted << theme_.warning;
    for (int k = 0; k < families.size(); ++k) draw_family(families[k], colours[k % colours.size()], k);
    const int error = error_->currentData().toInt();
    const bool likelihood = error == ComparisonModel::error || error == ComparisonModel::divergence;
    const QString unit = likelihood ? tr("nats") : value_unit_;
    plot_->yAxis->setLabel(unit.isEmpty() ? error_->currentText() : QStringLiteral("%1 (%2)").arg(error_->currentText(), unit));
    plot_->xAxis->setLabel(tr("%1 (s)").arg(cost_->currentText()));
    empty_->setText(!comparison_ ? tr("Press Compare: each approximation is computed at the model that is shown, and its error appears here against its time.")
                                 : tr("Nothing to draw: these errors are not known for so many sites. Choose another above."));
    empty_->setVisible(points_.empty());
    plot_->setVisible(!points_.empty());
    if (points_.empty()) return;
    const auto [left, right] = std::minmax_element(points_.begin(), points_.end(), [](auto& a, auto& b) { return a.seconds < b.seconds; });
    const auto [low, high] = std::minmax_element(points_.begin(), points_.end(), [](auto& a, auto& b) { return a.error < b.error; });
    set_range(*plot_->xAxis, left->seconds, right->seconds);
    set_range(*plot_->yAxis, low->error, high->error);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void ComparisonPlot::read_out(const QPointF& pixel) {
    const Point* nearest = nullptr;
    double best = 12.0;
    for (const Point& point : points_) {
        const double distance = std::hypot(plot_->xAxis->coordToPixel(point.seconds) - pixel.x(), plot_->yAxis->coordToPixel(point.error) - pixel.y());
        if (distance > best) continue;
        best = distance;
        nearest = &point;
    }
    plot_->setToolTip(nearest ? tooltip_text(tr("%1: error %2, %3").arg(nearest->label, number_text(nearest->error), duration_text(nearest->seconds)))
                              : tooltip_text(tr("Down and to the left is better: less error in less time.")));
}

}  // namespace anamorph
