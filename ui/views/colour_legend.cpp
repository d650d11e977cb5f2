// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/colour_legend.h"

#include <QPainter>
#include <QPainterPath>

namespace anamorph {
namespace {

constexpr double bar_width = 16.0;

}  // namespace

ColourLegend::ColourLegend(int bar_height, QWidget* parent) : QWidget(parent), bar_height_(bar_height) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ColourLegend::setScale(const std::optional<ColourScale>& scale) {
    scale_ = scale;
    if (scale) {
        const QString title = QString::fromStdString(scale->title);
        const QString unit = QString::fromStdString(scale->unit);
        setToolTip(unit.isEmpty() ? title : tr("%1, in %2").arg(title, unit));
    }
    updateGeometry();
    update();
}

void ColourLegend::setTheme(const Theme& theme) {
    theme_ = theme;
    update();
}

int ColourLegend::top() const { return scale_ && !scale_->unit.empty() ? 38 : 24; }

QSize ColourLegend::sizeHint() const { return {120, top() + bar_height_ + 8}; }

void ColourLegend::paintEvent(QPaintEvent*) {
    if (!scale_) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont heading = theme_font(11.0, true);
    painter.setFont(heading);
    painter.setPen(theme_.ink);
    const QString title = QString::fromStdString(scale_->title);
    const QString unit = QString::fromStdString(scale_->unit);
    painter.drawText(QPointF(0.0, 13.0), QFontMetricsF(heading).elidedText(title, Qt::ElideRight, width()));
    if (!unit.isEmpty()) {
        painter.setFont(theme_font(11.0));
        painter.setPen(theme_.muted);
        painter.drawText(QPointF(0.0, 28.0), unit);
    }

    const QRectF bar(0.5, top(), bar_width, bar_height_);
    QLinearGradient gradient(bar.bottomLeft(), bar.topLeft());
    for (int k = 0; k <= 32; ++k) {
        const Rgb c = colour_at(scale_->map, k / 32.0);
        gradient.setColorAt(k / 32.0, QColor::fromRgbF(float(c[0]), float(c[1]), float(c[2])));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 3.0, 3.0);

    painter.setFont(theme_font(11.0));
    const QFontMetricsF metrics(painter.font());
    const auto ticks = round_ticks(scale_->lower, scale_->upper, bar_height_ / 26);
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 0.0;
    for (const double tick : ticks) {
        const double y = bar.bottom() - (tick - scale_->lower) / (scale_->upper - scale_->lower) * bar.height();
        painter.setPen(QPen(theme_.muted, 1.0));
        painter.drawLine(QPointF(bar.right() + 1.0, y), QPointF(bar.right() + 5.0, y));
        painter.setPen(theme_.ink);
        painter.drawText(QPointF(bar.right() + 9.0, y + 0.5 * metrics.capHeight()),
                         QString::fromStdString(tick_label(tick, step)));
    }
}

}  // namespace anamorph
