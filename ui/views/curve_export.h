// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

class QCustomPlot;

namespace anamorph {

/// Writes plots side by side on one page as vector graphics, .pdf or .svg by the name's ending, at
/// the size they have on the screen. @throws Error(input_output | bad_input)
void export_curves(const std::vector<QCustomPlot*>& plots, const QString& title, const QString& path);

}  // namespace anamorph
