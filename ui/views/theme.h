// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>

class QApplication;

namespace anamorph {

/// The colours of the window, light or dark. Widgets, VTK views and plots all take theirs from it.
struct Theme {
    QString name;  ///< "light" or "dark"
    bool dark = false;
    QColor background;  ///< of the window between cards, of fields
    QColor card;        ///< of panels, views and plots
    QColor ink;         ///< text and grid lines
    QColor muted;       ///< secondary text, axes
    QColor hairline;    ///< separators, borders, grid lines of plots
    QColor accent;      ///< the one accent: buttons, selection, progress
    QColor on_accent;   ///< text on the accent
    QColor selected;    ///< background of what is selected, of the verdict
    QColor good;
    QColor warning;
    QColor bad;
    std::array<QColor, 4> curves;  ///< of plots, in order

    [[nodiscard]] static const Theme& light();
    [[nodiscard]] static const Theme& dark_theme();
    /// "light" or "dark"; anything else: what the desktop uses.
    [[nodiscard]] static const Theme& by_name(const QString& name);

    [[nodiscard]] QPalette palette() const;
    /// The application's style sheet.
    [[nodiscard]] QString style_sheet() const;
};

/// Inter (or the system's font) at `pixels` logical pixels.
[[nodiscard]] QFont theme_font(double pixels = 12.5, bool bold = false);

/// Fusion style, palette, font and style sheet of `theme`, for all widgets at once.
void apply_theme(QApplication& application, const Theme& theme);

}  // namespace anamorph
