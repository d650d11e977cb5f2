// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/space_axes.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/scenes/colour_map.h"

namespace anamorph {
namespace {

constexpr double tick_length = 4.0;

QPen hair(const QColor& colour) {
    QPen pen(colour, 1.0);
    pen.setCosmetic(false);
    return pen;
}

double step_of(const std::vector<double>& ticks) {
    return ticks.size() > 1 ? ticks[1] - ticks[0] : 0.0;
}

/// Multiples of a round angle that is at least `rough` degrees, or of 90°. Those of latitude divide 90°, so
/// that both poles are among them.
std::vector<double> degree_ticks(double lower, double upper, double rough, bool latitude) {
    if (!(rough > 0.0)) return {};
    if (rough <= 1.0) return round_ticks(lower, upper, std::max(1, static_cast<int>((upper - lower) / rough)));
    double step = 90.0;
    for (const double round : {60.0, 45.0, 30.0, 15.0, 10.0, 5.0, 2.0})
        if (round >= rough && !(latitude && round == 60.0)) step = round;
    std::vector<double> ticks;
    for (double k = std::ceil(lower / step - 1e-9); k * step <= upper + 1e-9 * step; k += 1.0) ticks.push_back(k * step);
    return ticks;
}

}  // namespace

void SpaceAxes::draw_planar(QPainter& painter, const QString& title_x, const QString& title_y, bool degrees) const {
    const Points lower = frame_.from_display(camera_.unproject({0.0, plot_.height()}));
    const Points upper = frame_.from_display(camera_.unproject({plot_.width(), 0.0}));
    painter.setFont(theme_font(10.5));
    const QFontMetricsF metrics(painter.font());
    painter.setPen(hair(theme_.hairline));
    painter.drawLine(QPointF(plot_.left() - 0.5, plot_.top()), QPointF(plot_.left() - 0.5, plot_.bottom() + 0.5));
    painter.drawLine(QPointF(plot_.left() - 0.5, plot_.bottom() + 0.5), QPointF(plot_.right(), plot_.bottom() + 0.5));

    const auto ticks_of = [&](int axis, double pixels, double wanted) {
        const int count = std::max(1, static_cast<int>(pixels / wanted));
        if (!degrees) return round_ticks(lower(0, axis), upper(0, axis), count);
        const double end = axis == 1 ? 90.0 : 360.0;
        return degree_ticks(std::max(lower(0, axis), -end), std::min(upper(0, axis), end), (upper(0, axis) - lower(0, axis)) / count,
                            axis == 1);
    };
    const auto along_x = ticks_of(0, plot_.width(), 64.0);
    double occupied = plot_.left() - 40.0;
    for (const double tick : along_x) {
        const double share = (tick - lower(0, 0)) / (upper(0, 0) - lower(0, 0));
        const double x = std::round(plot_.left() + share * plot_.width()) + 0.5;
        painter.setPen(hair(theme_.muted));
        painter.drawLine(QPointF(x, plot_.bottom() + 1), QPointF(x, plot_.bottom() + 1 + tick_length));
        const QString label = QString::fromStdString(tick_label(tick, step_of(along_x)));
        const double half = 0.5 * metrics.horizontalAdvance(label);
        if (x - half < occupied + 8.0 || x + half > plot_.right() + 12.0) continue;
        painter.drawText(QPointF(x - half, plot_.bottom() + 6.0 + tick_length + metrics.capHeight()), label);
        occupied = x + half;
    }
    const auto along_y = ticks_of(1, plot_.height(), 60.0);
    for (const double tick : along_y) {
        const double share = (tick - lower(0, 1)) / (upper(0, 1) - lower(0, 1));
        const double y = std::round(plot_.bottom() - share * plot_.height()) + 0.5;
        if (y - metrics.capHeight() < plot_.top()) continue;
        painter.setPen(hair(theme_.muted));
        painter.drawLine(QPointF(plot_.left() - 1 - tick_length, y), QPointF(plot_.left() - 1, y));
        const QString label = QString::fromStdString(tick_label(tick, step_of(along_y)));
        painter.drawText(QPointF(plot_.left() - 4.0 - tick_length - metrics.horizontalAdvance(label),
                                 y + 0.5 * metrics.capHeight()),
                         label);
    }
    painter.setPen(theme_.muted);
    painter.drawText(QPointF(plot_.center().x() - 0.5 * metrics.horizontalAdvance(title_x), plot_.bottom() + 33.0), title_x);
    painter.drawText(QPointF(14.0, plot_.top() - 6.0), title_y);
}

void SpaceAxes::draw_edge(QPainter& painter, const Eigen::Vector3d& from, const Eigen::Vector3d& to,
                          int axis, const QPointF& middle, const QString& name) const {
    const auto pixel = [&](const Eigen::Vector3d& display) {
        const Pixel p = camera_.project(display);
        return QPointF(plot_.left() + p.x(), plot_.top() + p.y());
    };
    const QPointF a = pixel(from), b = pixel(to);
    const double length = std::hypot(b.x() - a.x(), b.y() - a.y());
    if (length < 30.0) return;
    QPointF outward(-(b.y() - a.y()) / length, (b.x() - a.x()) / length);
    const QPointF centre = 0.5 * (a + b);
    if (QPointF::dotProduct(outward, centre - middle) < 0.0) outward = -outward;

    const double low = frame_.from_display(from)(0, axis), high = frame_.from_display(to)(0, axis);
    const auto ticks = round_ticks(low, high, std::max(2, static_cast<int>(length / 48.0)));
    const QFontMetricsF metrics(painter.font());
    double widest = 0.0;
    for (const double tick : ticks) {
        const QPointF at = a + (tick - low) / (high - low) * (b - a);
        painter.setPen(hair(theme_.muted));
        painter.drawLine(at, at + tick_length * outward);
        const QString label = QString::fromStdString(tick_label(tick, step_of(ticks)));
        const double width = metrics.horizontalAdvance(label);
        widest = std::max(widest, width);
        const QPointF anchor = at + (tick_length + 5.0) * outward;
        painter.drawText(QPointF(anchor.x() - 0.5 * width + 0.5 * width * outward.x(),
                                 anchor.y() + 0.5 * metrics.capHeight() + 0.5 * metrics.capHeight() * outward.y()),
                         label);
    }
    const double off = tick_length + 20.0 + widest * std::abs(outward.x());
    QPointF at = centre + off * outward;
    if (axis == 2) at = (a.y() < b.y() ? a : b) - QPointF(0.0, 14.0);  // above its end, whatever its length
    const double width = metrics.horizontalAdvance(name);
    const double x = std::clamp(at.x() - 0.5 * width, plot_.left(), std::max(plot_.left(), plot_.right() - width));
    painter.setPen(theme_.ink);
    painter.drawText(QPointF(x, at.y() + 0.5 * metrics.capHeight()), name);
}

void SpaceAxes::draw_box(QPainter& painter, const Eigen::Vector3d& lower, const Eigen::Vector3d& upper,
                         const std::array<QString, 3>& names) const {
    painter.setFont(theme_font(10.5));
    const Pixel c = camera_.project(0.5 * (lower + upper));
    const QPointF middle(plot_.left() + c.x(), plot_.top() + c.y());
    for (int axis = 0; axis < 3; ++axis) {
        // Of the four parallel edges: the lowest on the screen for the horizontal axes, the leftmost
        // for the vertical one.
        Eigen::Vector3d best_from, best_to;
        double best = -1e300;
        for (int corner = 0; corner < 4; ++corner) {
            Eigen::Vector3d from = lower, to = lower;
            const int b = (axis + 1) % 3, d = (axis + 2) % 3;
            from(b) = to(b) = (corner & 1) ? upper(b) : lower(b);
            from(d) = to(d) = (corner & 2) ? upper(d) : lower(d);
            to(axis) = upper(axis);
            const Pixel at = camera_.project(0.5 * (from + to));
            const double score = axis == 2 ? -at.x() : at.y();
            if (score > best) {
                best = score;
                best_from = from;
                best_to = to;
            }
        }
        draw_edge(painter, best_from, best_to, axis, middle, names[static_cast<std::size_t>(axis)]);
    }
}

void SpaceAxes::draw_scale_bar(QPainter& painter, const QString& unit) const {
    if (unit.isEmpty() || !frame_.is_isotropic()) return;
    const double units_per_pixel = camera_.units_per_pixel / frame_.scale(0);
    auto lengths = round_ticks(0.0, 130.0 * units_per_pixel, 2);  // 0, then a round length
    if (lengths.size() < 2) lengths = round_ticks(0.0, 130.0 * units_per_pixel, 4);
    if (lengths.size() < 2) return;
    const double length = lengths[1];
    const double pixels = length / units_per_pixel;
    const QString label = QString::fromStdString(tick_label(length, length)) + QChar(' ') + unit;
    painter.setFont(theme_font(10.5));
    const QFontMetricsF metrics(painter.font());
    const double width = std::max(pixels, metrics.horizontalAdvance(label)) + 16.0;
    const QRectF card(plot_.left() + 10.0, plot_.bottom() - 44.0, width, 34.0);
    QColor back = theme_.card;
    back.setAlphaF(0.82F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(back);
    painter.drawRoundedRect(card, 6.0, 6.0);
    const double y = std::round(card.top() + 10.0) + 0.5, x = std::round(card.left() + 8.0) + 0.5;
    painter.setPen(hair(theme_.ink));
    painter.drawLine(QPointF(x, y), QPointF(x + pixels, y));
    painter.drawLine(QPointF(x, y - 3.0), QPointF(x, y + 3.0));
    painter.drawLine(QPointF(x + pixels, y - 3.0), QPointF(x + pixels, y + 3.0));
    painter.drawText(QPointF(x, y + 8.0 + metrics.capHeight() + 2.0), label);
}

}  // namespace anamorph
