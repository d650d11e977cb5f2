// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/space_view.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <cmath>

#include "ui/views/space_axes.h"

namespace anamorph {
namespace {

constexpr double left_margin = 58.0, right_margin = 14.0, top_margin = 34.0, bottom_margin = 26.0;

SceneTheme scene_theme_of(const Theme& theme) {
    const auto rgb = [](const QColor& c) { return Rgb{c.redF(), c.greenF(), c.blueF()}; };
    return {rgb(theme.card), rgb(theme.ink), rgb(theme.hairline), rgb(theme.accent)};
}

SiteSelection::Mode mode_of(Qt::KeyboardModifiers modifiers, bool is_band) {
    if (modifiers & Qt::ControlModifier) return SiteSelection::Mode::toggle;
    if (!is_band && (modifiers & Qt::ShiftModifier)) return SiteSelection::Mode::add;
    return SiteSelection::Mode::replace;
}

}  // namespace

SpaceView::SpaceView(Space space, QWidget* parent)
    : QWidget(parent), space_(space), scene_(space), renderer_(scene_.renderer()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(space == Space::geographic ? tr("Geographic space") : tr("Deformed space"));
}

SpaceView::~SpaceView() = default;

QRectF SpaceView::plotRect() const {
    return QRectF(left_margin, top_margin, std::max(10.0, width() - left_margin - right_margin),
                  std::max(10.0, height() - top_margin - bottom_margin));
}

Pixel SpaceView::plotPixel(const QPointF& position) const {
    const QPointF at = position - plotRect().topLeft();
    return {at.x(), at.y()};
}

void SpaceView::setTitles(const QString& title, const QString& subtitle) {
    title_ = title;
    subtitle_ = subtitle;
    update();
}

void SpaceView::setTheme(const Theme& theme) {
    theme_ = theme;
    scene_.set_theme(scene_theme_of(theme));
    sceneChanged();
}

void SpaceView::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    snapshot_ = std::move(snapshot);
    scene_.set_snapshot(snapshot_);
    sceneChanged();
}

void SpaceView::setCamera(const ViewCamera& camera) {
    camera_ = camera;
    sceneChanged();
}

void SpaceView::sceneChanged() {
    dirty_ = true;
    update();
}

void SpaceView::setMarker(const std::optional<Eigen::Vector3d>& display) {
    if (marker_ == display) return;
    marker_ = display;
    update();
}

void SpaceView::setCard(const QList<HoverReading::Line>& lines) {
    if (card_ == lines) return;
    card_ = lines;
    update();
}

void SpaceView::setPictureScale(double scale) {
    picture_scale_ = scale;
    dirty_ = true;
}

void SpaceView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme_.card);
    drawTitles(painter);
    if (!snapshot_) return;
    drawScene(painter);
    const SpaceAxes axes(scene_.frame(), camera_, plotRect(), theme_);
    if (snapshot_->dimension == 3) {
        Eigen::Vector3d lower, upper;
        scene_.bounds(lower, upper);
        axes.draw_box(painter, lower, upper, snapshot_->coordinate_names);
    } else {
        axes.draw_planar(painter);
        axes.draw_scale_bar(painter, QString::fromStdString(snapshot_->coordinate_unit));
    }
    drawMarker(painter);
    drawBand(painter);
    drawCard(painter);
}

void SpaceView::drawScene(QPainter& painter) {
    const QRectF plot = plotRect();
    const double ratio = picture_scale_ > 0.0 ? picture_scale_ : devicePixelRatioF();
    const QSize size(static_cast<int>(std::lround(plot.width() * ratio)),
                     static_cast<int>(std::lround(plot.height() * ratio)));
    if (dirty_ || picture_.size() != size) {
        scene_.set_camera(camera_, ratio);
        picture_ = renderer_.render(size);
        dirty_ = false;
    }
    if (picture_.isNull()) {
        painter.setPen(theme_.muted);
        painter.setFont(theme_font());
        painter.drawText(plot, Qt::AlignCenter | Qt::TextWordWrap,
                         tr("The maps need OpenGL 3.2, which this display does not offer. Install "
                            "Mesa's software renderer (libgl1-mesa-dri)."));
        return;
    }
    painter.drawImage(plot, picture_);
}

void SpaceView::drawTitles(QPainter& painter) const {
    painter.setFont(theme_font(13.5, true));
    const QFontMetricsF bold(painter.font());
    painter.setPen(theme_.ink);
    const double baseline = 22.0;
    painter.drawText(QPointF(14.0, baseline), title_);
    const double x = 14.0 + bold.horizontalAdvance(title_) + 10.0;
    painter.setFont(theme_font(11.5));
    painter.setPen(theme_.muted);
    const QFontMetricsF small(painter.font());
    painter.drawText(QPointF(x, baseline),
                     small.elidedText(subtitle_, Qt::ElideRight, std::max(0.0, width() - x - 8.0)));
}

void SpaceView::drawMarker(QPainter& painter) const {
    if (!marker_) return;
    const QRectF plot = plotRect();
    const Pixel p = camera_.project(*marker_);
    const QPointF at(plot.left() + p.x(), plot.top() + p.y());
    if (!plot.contains(at)) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme_.card, 3.0));
    painter.drawEllipse(at, 6.0, 6.0);
    painter.setPen(QPen(theme_.accent, 1.6));
    painter.drawEllipse(at, 6.0, 6.0);
}

void SpaceView::drawBand(QPainter& painter) const {
    if (drag_ != Drag::band) return;
    QColor fill = theme_.accent;
    fill.setAlphaF(0.14F);
    painter.setBrush(fill);
    painter.setPen(QPen(theme_.accent, 1.0));
    painter.drawRect(QRectF(pressed_at_, last_at_).normalized().intersected(plotRect()));
}

void SpaceView::drawCard(QPainter& painter) const {
    if (card_.isEmpty() || drag_ != Drag::none) return;
    painter.setFont(theme_font(11.5));
    const QFontMetricsF metrics(painter.font());
    constexpr double between_label = 5.0, between_pairs = 12.0, padding = 11.0, line_height = 18.0;
    double width = 0.0;
    for (const auto& line : card_) {
        double w = -between_pairs;
        for (const auto& [label, number] : line)
            w += metrics.horizontalAdvance(label) + between_label + metrics.horizontalAdvance(number) + between_pairs;
        width = std::max(width, w);
    }
    const QRectF plot = plotRect();
    QRectF card(0, 0, width + 2 * padding, static_cast<double>(card_.size()) * line_height + 2 * padding - 4.0);
    card.moveBottomRight(plot.bottomRight() - QPointF(10.0, 10.0));
    card.moveLeft(std::max(card.left(), 6.0));
    if (card.adjusted(-24, -24, 24, 24).contains(last_at_)) card.moveTop(plot.top() + 10.0);
    for (int ring = 3; ring >= 1; --ring) {  // a soft shadow
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0, 0, 0, theme_.dark ? 34 : 12));
        painter.drawRoundedRect(card.adjusted(-ring, -ring + 1, ring, ring + 2), 8.0 + ring, 8.0 + ring);
    }
    painter.setPen(QPen(theme_.hairline, 1.0));
    painter.setBrush(theme_.card);
    painter.drawRoundedRect(card, 8.0, 8.0);
    double y = card.top() + padding + metrics.capHeight() + 2.0;
    for (const auto& line : card_) {
        double x = card.left() + padding;
        for (const auto& [label, number] : line) {
            painter.setPen(theme_.muted);
            painter.drawText(QPointF(x, y), label);
            x += metrics.horizontalAdvance(label) + between_label;
            painter.setPen(theme_.ink);
            painter.drawText(QPointF(x, y), number);
            x += metrics.horizontalAdvance(number) + between_pairs;
        }
        y += line_height;
    }
}

void SpaceView::resizeEvent(QResizeEvent*) {
    dirty_ = true;
    Q_EMIT plotResized(space_, plotRect().size());
}

void SpaceView::mousePressEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    pressed_at_ = last_at_ = event->position();
    drag_ = Drag::undecided;
    event->accept();
}

void SpaceView::mouseMoveEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    const QPointF at = event->position();
    if (drag_ == Drag::undecided &&
        (at - pressed_at_).manhattanLength() >= QApplication::startDragDistance()) {
        const bool is_left = event->buttons() & Qt::LeftButton;
        drag_ = is_left && (event->modifiers() & Qt::ShiftModifier) ? Drag::band
                : is_left && snapshot_->dimension == 3              ? Drag::rotate
                                                                    : Drag::pan;
        setCursor(drag_ == Drag::band ? Qt::CrossCursor : Qt::ClosedHandCursor);
    }
    const QPointF moved = at - last_at_;
    switch (drag_) {
        case Drag::none:
            last_at_ = at;
            if (plotRect().contains(at))
                Q_EMIT pointerAt(space_, at - plotRect().topLeft());
            else
                Q_EMIT pointerLeft();
            return;
        case Drag::undecided: return;
        case Drag::pan: Q_EMIT panned(space_, moved); break;
        case Drag::rotate: Q_EMIT rotated(moved); break;
        case Drag::band: update(); break;
    }
    last_at_ = at;
}

void SpaceView::mouseReleaseEvent(QMouseEvent* event) {
    if (!snapshot_) return;
    const Drag drag = std::exchange(drag_, Drag::none);
    const QPointF origin = plotRect().topLeft();
    unsetCursor();
    if (drag == Drag::band)
        Q_EMIT banded(space_, QRectF(pressed_at_ - origin, event->position() - origin).normalized(),
                      mode_of(event->modifiers(), true));
    else if (drag == Drag::undecided && event->button() == Qt::LeftButton)
        Q_EMIT picked(space_, event->position() - origin, mode_of(event->modifiers(), false));
    update();
}

void SpaceView::mouseDoubleClickEvent(QMouseEvent*) {
    if (snapshot_) Q_EMIT resetRequested();
}

void SpaceView::wheelEvent(QWheelEvent* event) {
    if (!snapshot_) return;
    const double notches = event->angleDelta().y() / 120.0;
    if (notches != 0.0)
        Q_EMIT zoomed(space_, event->position() - plotRect().topLeft(), std::pow(1.25, notches));
    event->accept();
}

void SpaceView::keyPressEvent(QKeyEvent* event) {
    const QPointF middle = plotRect().center() - plotRect().topLeft();
    const auto pan = [this](double x, double y) { Q_EMIT panned(space_, QPointF(x, y)); };
    switch (event->key()) {
        case Qt::Key_Home:
        case Qt::Key_R: Q_EMIT resetRequested(); return;
        case Qt::Key_Plus:
        case Qt::Key_Equal: Q_EMIT zoomed(space_, middle, 1.25); return;
        case Qt::Key_Minus: Q_EMIT zoomed(space_, middle, 0.8); return;
        case Qt::Key_Left: return pan(40.0, 0.0);
        case Qt::Key_Right: return pan(-40.0, 0.0);
        case Qt::Key_Up: return pan(0.0, 40.0);
        case Qt::Key_Down: return pan(0.0, -40.0);
        case Qt::Key_Escape: Q_EMIT clearRequested(); return;
        default: QWidget::keyPressEvent(event);
    }
}

void SpaceView::leaveEvent(QEvent*) { Q_EMIT pointerLeft(); }

}  // namespace anamorph
