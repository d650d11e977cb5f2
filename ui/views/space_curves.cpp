// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/plot_style.h"
#include "ui/views/space_curves.h"

#include "ui/scenes/simulation_layer.h"
#include "ui/views/custom_plot.h"

#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace anamorph {
namespace {

/// Piecewise linear reading of (from, to), `from` monotone in either direction.
double read_curve(const Vector& from, const Vector& to, double at) {
    if (from.size() < 2) return at;
    const bool rising = from(from.size() - 1) >= from(0);
    Index k = 1;
    while (k + 1 < from.size() && (rising ? from(k) < at : from(k) > at)) ++k;
    const double step = from(k) - from(k - 1);
    return step == 0.0 ? to(k) : to(k - 1) + (at - from(k - 1)) / step * (to(k) - to(k - 1));
}

}  // namespace

SpaceCurves::SpaceCurves(Space space, QWidget* parent)
    : QWidget(parent), space_(space), plot_(new QCustomPlot(this)), card_(new HoverCard(this)),
      marker_(std::numeric_limits<double>::quiet_NaN()) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 34, 10, 6);
    layout->addWidget(plot_);
    plot_->setLocale(QLocale(QLocale::English));  // thousands by a comma, as everywhere
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->axisRect()->setRangeDrag(Qt::Horizontal);
    plot_->axisRect()->setRangeZoom(Qt::Horizontal);
    plot_->setMouseTracking(true);
    plot_->installEventFilter(this);
    connect(plot_->xAxis, QOverload<const QCPRange&>::of(&QCPAxis::rangeChanged), this,
            [this](const QCPRange& range) {
                if (!changing_range_)
                    Q_EMIT rangeChanged(space_, geographic(range.lower), geographic(range.upper));
            });
}

double SpaceCurves::weight() const { return space_ == Space::geographic ? 0.0 : layers_.morph; }

Vector SpaceCurves::shownAll(const Vector& x, const Vector& u) const {
    return (1.0 - weight()) * x + weight() * u;
}

double SpaceCurves::shown(double x) const {
    if (!snapshot_) return x;
    const auto& c = snapshot_->curve;
    return read_curve(c.x_in_geographic, shownAll(c.x_in_geographic, c.u_in_deformed), x);
}

double SpaceCurves::geographic(double at) const {
    if (!snapshot_) return at;
    const auto& c = snapshot_->curve;
    return read_curve(shownAll(c.x_in_geographic, c.u_in_deformed), c.x_in_geographic, at);
}

void SpaceCurves::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot, bool keep_range) {
    snapshot_ = std::move(snapshot);
    rebuild();
    if (!keep_range) resetRange();
}

void SpaceCurves::setLayers(const LayerSettings& layers) {
    const bool other_quantity = layers.fill != layers_.fill;
    const bool moved = layers.morph != layers_.morph && space_ == Space::deformed;
    layers_ = layers;
    rebuild();
    update();
    if (other_quantity || moved) resetRange();
}

void SpaceCurves::setTheme(const Theme& theme) {
    theme_ = theme;
    plot_->setBackground(QBrush(theme.card));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setBasePen(QPen(theme.hairline));
        axis->setTickPen(QPen(theme.muted));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(theme.muted);
        axis->setLabelColor(theme.muted);
        axis->setTickLabelFont(theme_font(10.5));
        axis->setLabelFont(theme_font(11.5));
        axis->grid()->setPen(QPen(theme.hairline, 1.0, Qt::SolidLine));
        axis->grid()->setZeroLinePen(QPen(theme.hairline));
    }
    card_->setTheme(theme);
    rebuild();
    update();
}

void SpaceCurves::setCard(const QList<HoverReading::Line>& lines) {
    const QRectF inner = QRectF(plot_->axisRect()->rect()).translated(plot_->pos());
    card_->showLines(lines, inner, pointer_);
}

void SpaceCurves::setSelection(const std::vector<Index>& rows) {
    selection_ = rows;
    rebuild();
}

void SpaceCurves::setMarker(double coordinate) {
    if (marker_ == coordinate || (std::isnan(marker_) && std::isnan(coordinate))) return;
    marker_ = coordinate;
    rebuild();
}

void SpaceCurves::drawFill() {
    const auto& s = *snapshot_;
    const Vector at = shownAll(s.curve.x_in_geographic, s.curve.u_in_deformed);
    const auto line = [&](const Vector& y, const QColor& colour, double width) {
        auto* graph = plot_->addGraph();
        graph->setData(to_qt(at), to_qt(y));
        graph->setPen(QPen(colour, width));
        return graph;
    };
    if (is_of_simulations(layers_.fill)) {
        if (s.simulations) drawSimulations();
    } else if (layers_.fill == Fill::log_det) {
        line(s.curve.log_abs_det, theme_.accent, 1.8);
    } else if (layers_.fill == Fill::standard_deviation && s.has_map) {
        line(s.curve.standard_deviation, theme_.accent, 1.8);
    } else if (further_layer(s, layers_)) {
        line(s.curve.further[static_cast<std::size_t>(layers_.further)], theme_.accent, 1.8);
    } else if (layers_.fill == Fill::prediction && s.has_map) {
        QColor band = theme_.accent;
        band.setAlphaF(theme_.dark ? 0.28F : 0.18F);
        auto* upper = line(s.curve.upper_95, band, 1.0);
        auto* lower = line(s.curve.lower_95, band, 1.0);
        upper->setChannelFillGraph(lower);
        upper->setBrush(band);
        line(s.curve.mean, theme_.accent, 1.8);
    }
}

void SpaceCurves::drawSimulations() {
    const SimulationLayer& layer = *snapshot_->simulations;
    const Vector at = shownAll(layer.curve.x_in_geographic, layer.curve.u_in_deformed);
    const auto line = [&](const Vector& y, const QColor& colour, double width) {
        QCPGraph* graph = plot_->addGraph();
        graph->setData(to_qt(at), to_qt(y));
        graph->setPen(QPen(colour, width));
    };
    if (layers_.fill == Fill::simulation_sd) return line(layer.curve.standard_deviation, theme_.accent, 1.8);
    if (layers_.fill == Fill::simulation_mean) return line(layer.curve.mean, theme_.accent, 1.8);
    if (layers_.fill == Fill::simulation_further) {
        if (further_layer(*snapshot_, layers_))
            line(layer.curve.further[static_cast<std::size_t>(layers_.simulation_further)], theme_.accent, 1.8);
        return;
    }
    QColor pale = theme_.accent;
    pale.setAlphaF(0.15F);
    for (int other = 0; other < std::min(layer.count(), 40); ++other)
        if (other != layers_.realisation) line(layer.realisation(other), pale, 1.0);
    line(layer.passage(layers_.realisation, layers_.passage), theme_.accent, 1.8);
}

void SpaceCurves::rebuild() {
    plot_->clearGraphs();
    plot_->clearItems();
    if (!snapshot_) return plot_->replot(QCustomPlot::rpQueuedReplot);
    const auto& s = *snapshot_;
    const FurtherLayer* further = further_layer(s, layers_);
    const bool of_values = shows_values(s, layers_) || (layers_.fill == Fill::further && !further) ||
                              (layers_.fill == Fill::standard_deviation && !s.has_map) ||
                              (layers_.fill == Fill::simulation_sd && !s.simulations);
    plot_->xAxis->grid()->setVisible(!layers_.grid);
    if (layers_.grid) {  // regular geographic positions, where they come to lie
        const Vector at = shownAll(s.warp.vertices.in_geographic.col(0), s.warp.vertices.in_deformed.col(0));
        for (Index i = 0; i < at.size(); i += 6) {
            auto* mark = new QCPItemStraightLine(plot_);
            mark->point1->setCoords(at(i), 0.0);
            mark->point2->setCoords(at(i), 1.0);
            QColor colour = layers_.grid_by_log_det
                                ? [&] {
                                      const Rgb c = log_det_scale_of(s).colour(s.warp.log_abs_det(i));
                                      return QColor::fromRgbF(float(c[0]), float(c[1]), float(c[2]));
                                  }()
                                : theme_.ink;
            colour.setAlphaF(layers_.grid_by_log_det ? 1.0F : 0.15F);
            mark->setPen(QPen(colour, 1.0));
        }
    }
    drawFill();
    if (layers_.sites && of_values) {
        const auto [at, values] = drawnSites();
        auto* points = plot_->addGraph();
        points->setData(to_qt(at), to_qt(values));
        points->setLineStyle(QCPGraph::lsNone);
        QColor fill = theme_.muted;
        fill.setAlphaF(0.75F);
        points->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme_.card, 0.6), fill, 5.0));
        QVector<double> x, y;
        const std::size_t step = selection_.size() / 10'000 + 1;
        for (std::size_t k = 0; k < selection_.size(); k += step)
            if (const Index row = selection_[k]; row < s.values.size()) {
                x.append(shownAll(s.sites.in_geographic.row(row), s.sites.in_deformed.row(row))(0));
                y.append(s.values(row));
            }
        auto* chosen = plot_->addGraph();
        chosen->setData(x, y);
        chosen->setLineStyle(QCPGraph::lsNone);
        chosen->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme_.accent, 2.2), theme_.card, 9.0));
    }
    if (!std::isnan(marker_)) {
        auto* mark = new QCPItemStraightLine(plot_);
        mark->point1->setCoords(marker_, 0.0);
        mark->point2->setCoords(marker_, 1.0);
        mark->setPen(QPen(theme_.accent, 1.2));
    }
    const auto named = [](const std::string& name, const std::string& unit) {
        const QString text = QString::fromStdString(name);
        return unit.empty() ? text : text + QStringLiteral(" (") + QString::fromStdString(unit) + QChar(')');
    };
    const std::string axis_name = s.coordinate_names.empty() ? "x" : s.coordinate_names.front();
    plot_->xAxis->setLabel(space_ == Space::geographic ? named(axis_name, s.coordinate_unit)
                                                       : named("deformed " + axis_name, s.coordinate_unit));
    plot_->yAxis->setLabel(further && !of_values            ? QString::fromStdString(further->title(s.value_unit))
                           : of_values                     ? named(s.value_name, s.value_unit)
                           : layers_.fill == Fill::log_det ? QStringLiteral("log|det J|")
                                                           : named("standard deviation", s.value_unit));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void SpaceCurves::resetRange() {
    if (!snapshot_) return;
    changing_range_ = true;
    plot_->rescaleAxes();
    const auto& s = *snapshot_;
    const double lower = (1.0 - weight()) * s.lower_in_geographic(0) + weight() * s.lower_in_deformed(0);
    const double upper = (1.0 - weight()) * s.upper_in_geographic(0) + weight() * s.upper_in_deformed(0);
    plot_->xAxis->setRange(lower, upper);
    plot_->yAxis->scaleRange(1.08, plot_->yAxis->range().center());
    changing_range_ = false;
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void SpaceCurves::setRangeFrom(double lower, double upper) {
    changing_range_ = true;
    plot_->xAxis->setRange(shown(lower), shown(upper));
    changing_range_ = false;
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

namespace {

/// Rows that are drawn: of the time or realisation that is shown, perhaps none, or some of very many;
/// null: all.
const std::vector<Index>* drawn_rows(const SpacesSnapshot& s) {
    if (s.present_sites) return &*s.present_sites;
    return s.drawn_sites.empty() ? nullptr : &s.drawn_sites;
}

}  // namespace

std::pair<Vector, Vector> SpaceCurves::drawnSites() const {
    const auto& s = *snapshot_;
    const std::vector<Index>* rows = drawn_rows(s);
    if (!rows) return {shownAll(s.sites.in_geographic.col(0), s.sites.in_deformed.col(0)), s.values};
    return {shownAll(s.sites.in_geographic.col(0)(*rows), s.sites.in_deformed.col(0)(*rows)), s.values(*rows)};
}

qlonglong SpaceCurves::siteAt(const QPointF& position) const {
    if (!snapshot_) return -1;
    const auto& s = *snapshot_;
    const auto [at, values] = drawnSites();
    qlonglong best = -1;
    double best_distance = 10.0;
    for (Index i = 0; i < at.size(); ++i) {
        const double distance = std::hypot(plot_->xAxis->coordToPixel(at(i)) - position.x(),
                                           plot_->yAxis->coordToPixel(values(i)) - position.y());
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    const std::vector<Index>* rows = drawn_rows(s);
    return best >= 0 && rows ? (*rows)[static_cast<std::size_t>(best)] : best;
}

bool SpaceCurves::eventFilter(QObject* watched, QEvent* event) {
    if (!snapshot_ || watched != plot_) return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::Leave) {
        Q_EMIT pointerLeft();
    } else if (event->type() == QEvent::MouseButtonDblClick) {
        Q_EMIT resetRequested();
        return true;
    } else if (event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        pressed_at_ = band_end_ = mouse->position();
        banding_ = mouse->modifiers() & Qt::ShiftModifier;
        return banding_;
    } else if (event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (banding_) {
            band_end_ = mouse->position();
            return true;
        }
        pointer_ = mouse->position() + plot_->pos();
        Q_EMIT pointerAt(space_, geographic(plot_->xAxis->pixelToCoord(mouse->position().x())),
                         siteAt(mouse->position()));
    } else if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const bool moved = (mouse->position() - pressed_at_).manhattanLength() > 6;
        const auto mode = mouse->modifiers() & Qt::ControlModifier ? SiteSelection::Mode::toggle
                          : !moved && mouse->modifiers() & Qt::ShiftModifier
                              ? SiteSelection::Mode::add
                              : SiteSelection::Mode::replace;
        if (banding_ && moved) {
            const QRectF band = QRectF(pressed_at_, mouse->position()).normalized();
            const auto& s = *snapshot_;
            const Vector at = shownAll(s.sites.in_geographic.col(0), s.sites.in_deformed.col(0));
            QList<qlonglong> rows;
            const auto look_at = [&](Index i) {  // also at sites that are not drawn because there are very many
                if (std::isfinite(at(i)) &&
                    band.contains(plot_->xAxis->coordToPixel(at(i)), plot_->yAxis->coordToPixel(s.values(i))))
                    rows.append(i);
            };
            if (s.present_sites)
                for (const Index row : *s.present_sites) look_at(row);
            else
                for (Index row = 0; row < at.size(); ++row) look_at(row);
            Q_EMIT banded(rows, mode);
        } else if (!moved) {
            Q_EMIT picked(siteAt(mouse->position()), mode);
        }
        if (std::exchange(banding_, false)) return true;
    }
    return QWidget::eventFilter(watched, event);
}

void SpaceCurves::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.card);
    painter.setPen(theme_.ink);
    painter.setFont(theme_font(13.5, true));
    const QString title = space_ == Space::geographic ? tr("Geographic space") : tr("Deformed space");
    painter.drawText(QPointF(14.0, 22.0), title);
    if (!snapshot_) return;
    const double x = 14.0 + QFontMetricsF(painter.font()).horizontalAdvance(title) + 10.0;
    painter.setFont(theme_font(11.5));
    painter.setPen(theme_.muted);
    QString subtitle = QString::fromStdString(
        space_ == Space::geographic ? snapshot_->geographic_subtitle : snapshot_->deformed_subtitle);
    if (snapshot_->has_map && layers_.fill == Fill::prediction)
        subtitle += subtitle.isEmpty() ? tr("prediction with 95 % band") : tr("  ·  prediction with 95 % band");
    painter.drawText(QPointF(x, 22.0), QFontMetricsF(painter.font()).elidedText(subtitle, Qt::ElideRight, width() - x - 8.0));
}

}  // namespace anamorph
