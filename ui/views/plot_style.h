// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>

#include "core/base/types.h"
#include "ui/views/theme.h"

class QCustomPlot;
class QCPAxis;

namespace anamorph {

/// Background, axes, grid, legend and fonts of a plot from the theme: left and bottom axes in the
/// secondary colour, hairlines for the grid, nothing else.
void style_plot(QCustomPlot& plot, const Theme& theme);
/// The same for an axis at the right, which is shown only where it is used.
void style_right_axis(QCPAxis& axis, const Theme& theme);
/// Moves the legend from the plot's inside to a row above it, left-aligned.
void put_legend_above(QCustomPlot& plot);
/// The same numbers as QCustomPlot takes them.
[[nodiscard]] QVector<double> to_qt(const Vector& v);
/// Sets ranges to the graphs with a margin of 5 % so that no point sits on the frame.
void fit_axes(QCustomPlot& plot);

}  // namespace anamorph
