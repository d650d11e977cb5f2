// SPDX-License-Identifier: GPL-3.0-or-later
// What is painted of one space: titles, axes, the scene, outlines, marker and band.
#include <QBackingStore>
#include <QPainter>

#include "ui/scenes/map_viewing.h"
#include "ui/views/site_picture.h"
#include "ui/views/space_axes.h"
#include "ui/views/space_view.h"

namespace anamorph {

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
        const bool degrees = snapshot_->viewing && snapshot_->viewing->on_sphere;
        axes.draw_planar(painter, axisTitle(0), axisTitle(1), degrees);
        // A degree of longitude is as long as its latitude has it: no bar can tell distances.
        if (!degrees) axes.draw_scale_bar(painter, QString::fromStdString(snapshot_->coordinate_unit));
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

}  // namespace anamorph
