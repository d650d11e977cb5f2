// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/loss_plot.h"

#include <algorithm>
#include <cmath>

#include <QLabel>
#include <QStackedLayout>
#include "ui/views/custom_plot.h"

#include "ui/models/number_text.h"
#include "ui/views/panel_parts.h"
#include "ui/views/plot_style.h"

namespace anamorph {
namespace {

constexpr double log_floor = 1e-4;  ///< nats above the lowest value that still count as above it

}  // namespace

LossPlot::LossPlot(QWidget* parent) : QWidget(parent) {
    pages_ = new QStackedLayout(this);
    QLabel* empty = muted_label(tr("While a model is trained, its objective falls here."));
    empty->setAlignment(Qt::AlignCenter);
    pages_->addWidget(empty);
    plot_ = new QCustomPlot;
    plot_->setObjectName(QStringLiteral("lossPlot"));
    plot_->setMinimumHeight(110);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    pages_->addWidget(plot_);
    const std::array<QString, curve_count> names = {tr("objective"), tr("−log p(Z | X)"),
                                                    tr("−log p(X)"), tr("regulariser"),
                                                    tr("held-out score, right")};
    for (int c = 0; c < curve_count; ++c) {
        QCPAxis* y = c == held_out ? plot_->yAxis2 : plot_->yAxis;
        graphs_[static_cast<std::size_t>(c)] = plot_->addGraph(plot_->xAxis, y);
        graphs_[static_cast<std::size_t>(c)]->setName(names[static_cast<std::size_t>(c)]);
    }
    graphs_[design]->setVisible(false);
    plot_->xAxis->setLabel(tr("iteration"));
    plot_->yAxis->setLabel(tr("nats"));
    plot_->yAxis2->setLabel(tr("nats a site"));
    put_legend_above(*plot_);
    plot_->setMouseTracking(true);
    connect(plot_, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) { read_out(event->position()); });
    connect(plot_, &QCustomPlot::legendClick, this,
            [this](QCPLegend*, QCPAbstractLegendItem* item, QMouseEvent*) {
                if (auto* entry = qobject_cast<QCPPlottableLegendItem*>(item)) {
                    entry->plottable()->setVisible(!entry->plottable()->visible());
                    apply_theme_to_curves();
                    set_ranges();
                    plot_->replot(QCustomPlot::rpQueuedReplot);
                }
            });
    connect(plot_, &QCustomPlot::beforeReplot, this, &LossPlot::thin_out_labels);
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this] {
        set_ranges();
        plot_->replot(QCustomPlot::rpQueuedReplot);
    });
    clear();
    setTheme(theme_);
}

void LossPlot::clear() {
    rows_.clear();
    stages_.clear();
    for (QCPAbstractItem* mark : marks_) plot_->removeItem(mark);
    marks_.clear();
    labels_.clear();
    marked_ = drawn_ = 0;
    lowest_.fill(std::numeric_limits<double>::infinity());
    for (QCPGraph* graph : graphs_) graph->data()->clear();
    plot_->yAxis2->setVisible(false);
    pages_->setCurrentIndex(0);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void LossPlot::append(const HistoryRow& row, const QString& stage, int total_iteration) {
    if (stages_.empty() || stages_.back().second != stage) stages_.emplace_back(total_iteration, stage);
    Row entry{total_iteration,
              {row.loss.total, row.loss.data, row.loss.design, row.loss.regulariser, row.loss.held_out}};
    for (std::size_t c = 0; c < curve_count; ++c) {
        if (!std::isfinite(entry.values[c])) entry.values[c] = std::numeric_limits<double>::quiet_NaN();
        if (entry.values[c] < lowest_[c]) lowest_[c] = entry.values[c];
    }
    rows_.push_back(entry);
    if (pages_->currentIndex() == 0) pages_->setCurrentIndex(1);
}

void LossPlot::setHistory(const TrainingHistory& history) {
    clear();
    int iteration = 0;
    for (const HistoryRow& row : history.rows) {
        const auto stage = static_cast<std::size_t>(std::max(row.stage_index, 0));
        append(row, stage < history.stages.size() ? QString::fromStdString(history.stages[stage]) : QString(),
               iteration++);
    }
    draw();
}

void LossPlot::add_point(const Row& row) {
    for (std::size_t c = 0; c < curve_count; ++c) {
        double value = row.values[c];
        if (std::isnan(value)) continue;
        if (logarithmic_) value = value - lowest_[c] + log_floor;
        graphs_[c]->addData(row.iteration, value);
    }
}

void LossPlot::draw() {
    if (logarithmic_) {  // lowest values move, so every point does
        redraw_all();
        return;
    }
    for (; drawn_ < rows_.size(); ++drawn_) add_point(rows_[drawn_]);
    mark_stages();
    set_ranges();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void LossPlot::redraw_all() {
    for (QCPGraph* graph : graphs_) graph->data()->clear();
    drawn_ = 0;
    for (; drawn_ < rows_.size(); ++drawn_) add_point(rows_[drawn_]);
    mark_stages();
    set_ranges();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void LossPlot::mark_stages() {
    for (; marked_ < stages_.size(); ++marked_) {
        const int iteration = stages_[marked_].first;
        if (marked_ > 0) {
            auto* line = new QCPItemStraightLine(plot_);
            line->setPen(QPen(theme_.hairline, 1.0, Qt::DashLine));
            line->point1->setCoords(iteration - 0.5, 0.0);
            line->point2->setCoords(iteration - 0.5, 1.0);
            line->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
            line->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
            line->setLayer(QStringLiteral("grid"));
            marks_.push_back(line);
        }
        auto* label = new QCPItemText(plot_);
        label->setText(QString::number(marked_ + 1));
        label->setFont(theme_font(9.5));
        label->setColor(theme_.muted);
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        label->setClipToAxisRect(true);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        label->position->setCoords(iteration - 0.3, 0.0);
        label->setPadding(QMargins(2, 0, 2, 0));
        QColor back = theme_.card;
        back.setAlphaF(0.8F);
        label->setBrush(back);  // curves that jump at a new stage pass behind its number
        label->setLayer(QStringLiteral("axes"));
        marks_.push_back(label);
        labels_.push_back(label);
    }
}

void LossPlot::thin_out_labels() {
    double free_from = plot_->axisRect()->left();
    for (QCPItemText* label : labels_) {
        const double at = plot_->xAxis->coordToPixel(label->position->key());
        label->setVisible(at >= free_from);
        if (label->visible()) free_from = at + QFontMetricsF(label->font()).horizontalAdvance(label->text()) + 8.0;
    }
}

std::vector<double> LossPlot::settled_values() const {
    // The first steps of a stage may be far off the rest: what a stage settles at decides the range.
    std::vector<double> values;
    const int step = static_cast<int>(rows_.size() / 4000) + 1;  // of very many iterations a part tells enough
    for (std::size_t s = 0; s < stages_.size(); ++s) {
        const int first = stages_[s].first;
        const int end = s + 1 < stages_.size() ? stages_[s + 1].first : rows_.back().iteration + 1;
        const int settled = stages_.size() > 1 ? first + (end - first) / 2 : first;
        for (std::size_t c = 0; c < held_out; ++c)
            if (graphs_[c]->visible())
                for (auto point = graphs_[c]->data()->findBegin(settled, false);
                     point != graphs_[c]->data()->constEnd() && point->key < end; ++point)
                    if (static_cast<int>(point->key) % step == 0 || point->key == end - 1) values.push_back(point->value);
    }
    return values;
}

QCPRange LossPlot::held_out_range(bool& found) const {
    std::vector<double> values;
    const int step = static_cast<int>(rows_.size() / 4000) + 1;
    for (const QCPGraphData& point : *graphs_[held_out]->data())
        if (static_cast<int>(point.key) % step == 0) values.push_back(point.value);
    if (values.empty() && graphs_[held_out]->dataCount() > 0) values.push_back((graphs_[held_out]->data()->constEnd() - 1)->value);
    found = !values.empty();
    if (!found) return {0.0, 1.0};
    std::sort(values.begin(), values.end());
    return {values.front(), values[static_cast<std::size_t>(0.9 * static_cast<double>(values.size() - 1))]};
}

void LossPlot::set_ranges() {
    if (rows_.empty()) return;
    const double last = rows_.back().iteration;
    plot_->xAxis->setRange(rows_.front().iteration - 0.02 * last - 0.5, last * 1.02 + 1.0);
    bool found = false;
    const QCPRange held = held_out_range(found);
    plot_->yAxis2->setVisible(found && graphs_[held_out]->visible());
    if (found) plot_->yAxis2->setRange(logarithmic_ ? held : QCPRange(held.lower - 0.08 * held.size() - 1e-3, held.upper + 0.08 * held.size() + 1e-3));
    std::vector<double> values = settled_values();
    if (values.empty()) return;
    std::sort(values.begin(), values.end());
    const double low = values.front();
    const double high = values[static_cast<std::size_t>(0.97 * static_cast<double>(values.size() - 1))];
    if (logarithmic_) {
        plot_->yAxis->setRange(std::max(low * 0.8, log_floor), std::max(high, values.back()) * 1.5);
    } else {
        const double margin = std::max(0.08 * (high - low), 1e-6 + 1e-3 * std::abs(high));
        plot_->yAxis->setRange(low - margin, high + margin);
    }
}

void LossPlot::read_out(const QPointF& pixel) {
    if (rows_.empty() || !plot_->axisRect()->rect().contains(pixel.toPoint())) {
        plot_->setToolTip(tr("Drag to move, wheel to zoom, double click to see all; click a legend entry to hide its curve."));
        return;
    }
    const double wanted = plot_->xAxis->pixelToCoord(pixel.x());
    const auto row = std::min_element(rows_.begin(), rows_.end(), [wanted](const Row& a, const Row& b) {
        return std::abs(a.iteration - wanted) < std::abs(b.iteration - wanted);
    });
    auto stage = stages_.begin();
    while (std::next(stage) != stages_.end() && std::next(stage)->first <= row->iteration) ++stage;
    QString text = tr("<b>%1 %2</b><br>iteration %3<br>objective %4<br>−log p(Z | X) %5<br>−log p(X) %6<br>regulariser %7")
                       .arg(stage - stages_.begin() + 1)
                       .arg(stage->second.toHtmlEscaped())
                       .arg(row->iteration)
                       .arg(number_text(row->values[total], 6), number_text(row->values[data], 6),
                            number_text(row->values[design], 6), number_text(row->values[regulariser], 4));
    if (!std::isnan(row->values[held_out]))
        text += tr("<br>held-out score %1 a site").arg(number_text(row->values[held_out], 4));
    plot_->setToolTip(text);
}

void LossPlot::setLogarithmic(bool logarithmic) {
    logarithmic_ = logarithmic;
    for (QCPAxis* axis : {plot_->yAxis, plot_->yAxis2}) {
        if (logarithmic) {
            axis->setScaleType(QCPAxis::stLogarithmic);
            axis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
            axis->setNumberFormat(QStringLiteral("eb"));
            axis->setNumberPrecision(0);
        } else {
            axis->setScaleType(QCPAxis::stLinear);
            axis->setTicker(QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
            axis->setNumberFormat(QStringLiteral("gb"));
            axis->setNumberPrecision(6);
            axis->ticker()->setTickCount(5);
        }
    }
    plot_->setLocale(logarithmic ? QLocale::c() : QLocale(QLocale::English));  // powers of ten are set as such only in the former
    plot_->yAxis->setLabel(logarithmic ? tr("nats above the lowest") : tr("nats"));
    redraw_all();
}

void LossPlot::setDesignShown(bool shown) {
    graphs_[design]->setVisible(shown);
    apply_theme_to_curves();
}

void LossPlot::apply_theme_to_curves() {
    const std::array<QColor, curve_count> colours = {theme_.curves[0], theme_.curves[1], theme_.muted,
                                                     theme_.curves[3], theme_.curves[2]};
    for (std::size_t c = 0; c < curve_count; ++c) {
        QPen pen(colours[c], c == total ? 2.0 : 1.5);
        if (c == held_out) pen.setStyle(Qt::DashLine);
        graphs_[c]->setPen(pen);
        if (auto* entry = plot_->legend->itemWithPlottable(graphs_[c]))
            entry->setTextColor(graphs_[c]->visible() ? theme_.ink : theme_.muted);
        if (!graphs_[c]->visible()) graphs_[c]->setPen(QPen(theme_.hairline, 1.5));
    }
}

void LossPlot::setTheme(const Theme& theme) {
    theme_ = theme;
    style_plot(*plot_, theme);
    style_right_axis(*plot_->yAxis2, theme);
    if (logarithmic_) plot_->setLocale(QLocale::c());
    apply_theme_to_curves();
    for (QCPAbstractItem* mark : marks_) plot_->removeItem(mark);
    marks_.clear();
    labels_.clear();
    marked_ = 0;
    mark_stages();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace anamorph
