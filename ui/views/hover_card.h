// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/views/hover_reading.h"
#include "ui/views/theme.h"

namespace anamorph {

/// The read-out beside the pointer: labels muted, numbers in ink, on a small raised card that lets
/// the pointer through.
class HoverCard : public QWidget {
    Q_OBJECT
public:
    explicit HoverCard(QWidget* parent);
    void setTheme(const Theme& theme);
    /// Shows the lines in the lower right corner of `area` (parent coordinates), or in the upper
    /// right one if the pointer is near; no lines: hides.
    void showLines(const QList<HoverReading::Line>& lines, const QRectF& area, const QPointF& pointer);
    [[nodiscard]] const QList<HoverReading::Line>& lines() const { return lines_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QSize wanted() const;
    Theme theme_ = Theme::light();
    QList<HoverReading::Line> lines_;
};

}  // namespace anamorph
