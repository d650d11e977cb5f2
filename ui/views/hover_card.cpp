// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/hover_card.h"

#include <QPainter>

#include <cmath>

namespace anamorph {
namespace {

constexpr double after_label = 5.0, after_pair = 12.0, padding = 11.0, line_height = 18.0;
constexpr double shadow = 4.0;

}  // namespace

HoverCard::HoverCard(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void HoverCard::setTheme(const Theme& theme) {
    theme_ = theme;
    update();
}

QSize HoverCard::wanted() const {
    const QFontMetricsF metrics(theme_font(11.5));
    double width = 0.0;
    for (const auto& line : lines_) {
        double w = -after_pair;
        for (const auto& [label, number] : line)
            w += metrics.horizontalAdvance(label) + after_label + metrics.horizontalAdvance(number) + after_pair;
        width = std::max(width, w);
    }
    const double height = static_cast<double>(lines_.size()) * line_height + 2.0 * padding - 4.0;
    return QSizeF(width + 2.0 * (padding + shadow) + 1.0, height + 2.0 * shadow).toSize();
}

void HoverCard::showLines(const QList<HoverReading::Line>& lines, const QRectF& area,
                          const QPointF& pointer) {
    if (lines.isEmpty()) {
        lines_.clear();
        hide();
        return;
    }
    const bool changed = lines_ != lines;
    lines_ = lines;
    const QSize size = wanted();
    QRectF place({0.0, 0.0}, QSizeF(size));
    place.moveBottomRight(area.bottomRight() - QPointF(6.0, 6.0));
    if (place.left() < area.left() + 160.0) place.translate(0.0, -42.0);  // clear of the scale bar
    place.moveLeft(std::max(place.left(), 2.0));
    if (place.adjusted(-24, -24, 24, 24).contains(pointer)) place.moveTop(area.top() + 6.0);
    setGeometry(place.toRect());
    if (changed) update();
    show();
    raise();
}

void HoverCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(rect()).adjusted(shadow, shadow, -shadow, -shadow);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, theme_.dark ? 34 : 12));
    for (int ring = 3; ring >= 1; --ring)
        painter.drawRoundedRect(card.adjusted(-ring, -ring + 1, ring, ring), 8.0 + ring, 8.0 + ring);
    painter.setPen(QPen(theme_.hairline, 1.0));
    painter.setBrush(theme_.card);
    painter.drawRoundedRect(card, 8.0, 8.0);
    painter.setFont(theme_font(11.5));
    const QFontMetricsF metrics(painter.font());
    double y = card.top() + padding + metrics.capHeight() + 2.0;
    for (const auto& line : lines_) {
        double x = card.left() + padding;
        for (const auto& [label, number] : line) {
            painter.setPen(theme_.muted);
            painter.drawText(QPointF(x, y), label);
            x += metrics.horizontalAdvance(label) + after_label;
            painter.setPen(theme_.ink);
            painter.drawText(QPointF(x, y), number);
            x += metrics.horizontalAdvance(number) + after_pair;
        }
        y += line_height;
    }
}

}  // namespace anamorph
