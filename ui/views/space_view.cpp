// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/space_view.h"

#include <QApplication>
#include <QBackingStore>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <cmath>

#include "ui/views/space_axes.h"

namespace anamorph {
namespace {

constexpr double left_margin = 58.0, right_margin = 14.0, top_margin = 46.0, bottom_margin = 38.0;
constexpr double title_height = 34.0;
constexpr int rest_ms = 120;  ///< without a movement for so long, a view rests

SceneTheme scene_theme_of(const Theme& theme) {
    const auto rgb = [](const QColor& c) { return Rgb{c.redF(), c.greenF(), c.blueF()}; };
    return {rgb(theme.card), rgb(theme.ink), rgb(theme.hairline), rgb(theme.accent)};
}

QImage image_of(const SiteRaster& raster, double ratio) {
    QImage image(raster.width, raster.height, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < raster.height; ++y)
        std::copy_n(raster.pixels.data() + static_cast<std::ptrdiff_t>(y) * raster.width, raster.width,
                    reinterpret_cast<std::uint32_t*>(image.scanLine(y)));
    image.setDevicePixelRatio(ratio);
    return image;
}

bool same_view(const ViewCamera& a, const ViewCamera& b) {
    return a.centre == b.centre && a.towards_eye == b.towards_eye && a.up == b.up &&
           a.units_per_pixel == b.units_per_pixel && a.size == b.size;
}

SiteSelection::Mode mode_of(Qt::KeyboardModifiers modifiers, bool is_band) {
    if (modifiers & Qt::ControlModifier) return SiteSelection::Mode::toggle;
    if (!is_band && (modifiers & Qt::ShiftModifier)) return SiteSelection::Mode::add;
    return SiteSelection::Mode::replace;
}

}  // namespace

SpaceView::SpaceView(Space space, QWidget* parent)
    : QWidget(parent), space_(space), scene_(space), renderer_(scene_.renderer()), card_(new HoverCard(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    render_timer_.setSingleShot(true);
    render_timer_.setInterval(0);
    connect(&render_timer_, &QTimer::timeout, this, &SpaceView::renderForScreen);
    rest_timer_.setSingleShot(true);
    rest_timer_.setInterval(rest_ms);
    connect(&rest_timer_, &QTimer::timeout, this, &SpaceView::drawAllSitesAtRest);
    connect(&site_raster_, &SiteRasterController::drawn, this, [this](const SiteRaster& raster) {
        if (allSitesAreStale()) return;
        all_sites_ = image_of(raster, devicePixelRatioF());
        update();
    });
    // The first drawing makes the OpenGL context, which takes time: better before there are data.
    QTimer::singleShot(space == Space::geographic ? 80 : 160, this, [this] {
        if (!snapshot_) (void)renderer_.render(QSize(16, 16), OffscreenRenderer::Quality::on_screen);
    });
    setAccessibleName(space == Space::geographic ? tr("Geographic space") : tr("Deformed space"));
}

SpaceView::~SpaceView() = default;

QRectF SpaceView::plotRect() const {
    if (snapshot_ && snapshot_->dimension == 3)  // the axes are at the box, within the plot
        return QRectF(right_margin, title_height, std::max(10.0, width() - 2.0 * right_margin),
                      std::max(10.0, height() - title_height - right_margin));
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
    card_->setTheme(theme);
    sceneChanged();
}

void SpaceView::setSnapshot(std::shared_ptr<const SpacesSnapshot> snapshot) {
    const QSizeF before = plotRect().size();
    snapshot_ = std::move(snapshot);
    scene_.set_snapshot(snapshot_);
    if (plotRect().size() != before) Q_EMIT plotResized(space_, plotRect().size());
    sceneChanged();
}

void SpaceView::setCamera(const ViewCamera& camera) {
    camera_ = camera;
    sceneChanged();
}

void SpaceView::sceneChanged() {
    if (snapshot_) render_timer_.start();
    if (allSitesAreStale()) {
        all_sites_ = QImage();
        rest_timer_.start();
    }
    update();
}

bool SpaceView::allSitesAreStale() const {
    return all_sites_version_ != scene_.sites_version() || !same_view(all_sites_camera_, camera_);
}

bool SpaceView::showsAllSites() const {
    return snapshot_ && (!scene_.all_sites(camera_, 1.0) || !all_sites_.isNull());
}

void SpaceView::drawAllSitesAtRest() {
    if (!isVisible()) return;
    all_sites_version_ = scene_.sites_version();
    all_sites_camera_ = camera_;
    if (const auto request = scene_.all_sites(camera_, devicePixelRatioF()))
        site_raster_.draw(*request);
    else
        site_raster_.cancel();
}

void SpaceView::renderForScreen() {
    if (!snapshot_ || !isVisible()) return;
    picture_ = renderScene(devicePixelRatioF(), OffscreenRenderer::Quality::on_screen);
    update();
}

QImage SpaceView::renderScene(double ratio, OffscreenRenderer::Quality quality) {
    const QSizeF size = plotRect().size() * ratio;
    scene_.set_camera(camera_, ratio);
    return renderer_.render(size.toSize(), quality);
}

void SpaceView::setMarker(const std::optional<Eigen::Vector3d>& display) {
    if (marker_ == display) return;
    marker_ = display;
    update();
}

void SpaceView::setCard(const QList<HoverReading::Line>& lines) {
    card_->showLines(drag_ == Drag::none ? lines : QList<HoverReading::Line>(), plotRect(), last_at_);
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
        axes.draw_box(painter, lower, upper, {axisTitle(0), axisTitle(1), axisTitle(2)});
    } else {
        axes.draw_planar(painter, axisTitle(0), axisTitle(1));
        axes.draw_scale_bar(painter, QString::fromStdString(snapshot_->coordinate_unit));
    }
    drawOutlines(painter);
    drawMarker(painter);
    drawBand(painter);
}

void SpaceView::drawScene(QPainter& painter) {
    const QRectF plot = plotRect();
    QPoint offset;
    const QPaintDevice* device = redirected(&offset);
    QBackingStore* screen = window()->backingStore();
    QImage picture, all;
    if (device != nullptr && (screen == nullptr || device != screen->paintDevice())) {
        // Not for the screen: a picture of the widget, drawn for it at its own scale.
        const double ratio = device->devicePixelRatioF();
        picture = renderScene(ratio, OffscreenRenderer::Quality::picture);
        if (const auto request = scene_.all_sites(camera_, ratio)) all = image_of(draw_sites(*request), ratio);
    } else {
        if (picture_.isNull())
            picture_ = renderScene(devicePixelRatioF(), OffscreenRenderer::Quality::on_screen);
        picture = picture_;
        all = all_sites_;
    }
    if (picture.isNull()) {
        painter.setPen(theme_.muted);
        painter.setFont(theme_font());
        painter.drawText(plot, Qt::AlignCenter | Qt::TextWordWrap,
                         tr("The maps need OpenGL 3.2, which this display does not offer. Install "
                            "Mesa's software renderer (libgl1-mesa-dri)."));
        return;
    }
    painter.drawImage(plot, picture);
    if (!all.isNull()) painter.drawImage(plot, all);
}

QString SpaceView::axisTitle(int axis) const {
    const auto& names = snapshot_->coordinate_names;
    const auto a = static_cast<std::size_t>(axis);
    QString name = a < names.size() ? QString::fromStdString(names[a]) : QString();
    if (space_ == Space::deformed && snapshot_->has_model && snapshot_->dimension == 2) name = tr("deformed %1").arg(name);
    // Depth or time, the third axis, need not have the unit of the plane.
    if (axis > 1 || snapshot_->coordinate_unit.empty()) return name;
    return QStringLiteral("%1 (%2)").arg(name, QString::fromStdString(snapshot_->coordinate_unit));
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

void SpaceView::setOutlines(std::vector<Points> closed, Points open) {
    outlines_ = std::move(closed);
    open_outline_ = std::move(open);
    update();
}

void SpaceView::setDrawing(bool drawing) {
    if (drawing == drawing_) return;
    drawing_ = drawing;
    setCard({});
    if (drawing) {
        setCursor(Qt::CrossCursor);
        setFocus(Qt::OtherFocusReason);
    } else {
        unsetCursor();
    }
}

QPolygonF SpaceView::onScreen(const Points& corners) const {
    const QPointF origin = plotRect().topLeft();
    QPolygonF polygon;
    for (Index i = 0; i < corners.rows(); ++i) {
        const Pixel p = camera_.project(scene_.frame().to_display(corners, i));
        polygon << origin + QPointF(p.x(), p.y());
    }
    return polygon;
}

void SpaceView::drawOutlines(QPainter& painter) const {
    if ((outlines_.empty() && open_outline_.rows() == 0) || snapshot_->dimension != 2) return;
    painter.save();
    painter.setClipRect(plotRect());
    const auto stroke = [&](const QPolygonF& line, bool closed) {
        for (const QPen& pen : {QPen(theme_.card, 4.0), QPen(theme_.accent, 1.8)}) {
            painter.setPen(pen);
            if (closed)
                painter.drawPolygon(line);
            else
                painter.drawPolyline(line);
        }
    };
    QColor fill = theme_.accent;
    fill.setAlphaF(0.08F);
    painter.setFont(theme_font(11.5, true));
    for (std::size_t k = 0; k < outlines_.size(); ++k) {
        const QPolygonF polygon = onScreen(outlines_[k]);
        painter.setBrush(drawing_ ? QBrush(fill) : QBrush(Qt::NoBrush));
        stroke(polygon, true);
        QPointF centre;
        for (const QPointF& corner : polygon) centre += corner / static_cast<double>(polygon.size());
        const QRectF badge(centre - QPointF(9.0, 9.0), QSizeF(18.0, 18.0));
        painter.setBrush(theme_.accent);
        painter.setPen(QPen(theme_.card, 1.5));
        painter.drawEllipse(badge);
        painter.setPen(theme_.on_accent);
        painter.drawText(badge, Qt::AlignCenter, QString::number(k + 1));
    }
    QPolygonF open = onScreen(open_outline_);
    painter.setBrush(Qt::NoBrush);
    if (!open.isEmpty()) {
        QPolygonF with_pointer = open;
        if (drawing_ && plotRect().contains(last_at_)) with_pointer << last_at_;
        stroke(with_pointer, false);
        painter.setBrush(theme_.card);
        painter.setPen(QPen(theme_.accent, 1.8));
        for (const QPointF& corner : open) painter.drawEllipse(corner, 3.5, 3.5);
    }
    painter.restore();
}

void SpaceView::showEvent(QShowEvent*) { sceneChanged(); }

void SpaceView::resizeEvent(QResizeEvent*) {
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
        setCard({});
        setCursor(drag_ == Drag::band ? Qt::CrossCursor : Qt::ClosedHandCursor);
    }
    const QPointF moved = at - last_at_;
    switch (drag_) {
        case Drag::none:
            last_at_ = at;
            if (drawing_) {
                update();
                return;
            }
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
    if (drawing_)
        setCursor(Qt::CrossCursor);
    else
        unsetCursor();
    if (drawing_ && drag == Drag::undecided && event->button() == Qt::LeftButton) {
        const Pixel pixel = plotPixel(event->position());
        if (plotRect().contains(event->position())) Q_EMIT cornerPlaced(scene_.frame().from_display(camera_.unproject(pixel)));
        return;
    }
    if (drag == Drag::band)
        Q_EMIT banded(space_, QRectF(pressed_at_ - origin, event->position() - origin).normalized(),
                      mode_of(event->modifiers(), true));
    else if (drag == Drag::undecided && event->button() == Qt::LeftButton)
        Q_EMIT picked(space_, event->position() - origin, mode_of(event->modifiers(), false));
    update();
}

void SpaceView::mouseDoubleClickEvent(QMouseEvent*) {
    if (!snapshot_) return;
    if (drawing_)
        Q_EMIT outlineClosed();
    else
        Q_EMIT resetRequested();
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
    if (drawing_) {
        switch (event->key()) {
            case Qt::Key_Return:
            case Qt::Key_Enter: Q_EMIT outlineClosed(); return;
            case Qt::Key_Backspace: Q_EMIT cornerTakenBack(); return;
            case Qt::Key_Escape: Q_EMIT drawingEnded(); return;
            default: break;
        }
    }
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
