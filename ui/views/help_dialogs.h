// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QMenuBar;
class QWidget;

namespace anamorph {

/// The terms of the program, each explained in a sentence or two.
void show_glossary(QWidget* parent);
/// The shortcuts of the menus and the gestures in the views.
void show_shortcuts(QWidget* parent, const QMenuBar& menus);
void show_about(QWidget* parent);

}  // namespace anamorph
