// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QString>
#include <QVBoxLayout>

class QDoubleSpinBox;
class QSpinBox;

namespace anamorph {

/// The pieces that panels are made of, so that all of them share spacing and wording of roles.

[[nodiscard]] QLabel* section_label(const QString& text, QWidget* parent = nullptr);
/// Wraps; in the secondary colour.
[[nodiscard]] QLabel* muted_label(const QString& text, QWidget* parent = nullptr);
/// Wraps; in ink.
[[nodiscard]] QLabel* text_label(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QFrame* horizontal_hairline(QWidget* parent = nullptr);
[[nodiscard]] QFrame* vertical_hairline(QWidget* parent = nullptr);
[[nodiscard]] QPushButton* primary_button(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QPushButton* link_button(const QString& text, QWidget* parent = nullptr);

/// A column for a panel: margins 0, spacing 8.
[[nodiscard]] QVBoxLayout* panel_column(QWidget* panel);

/// A label at the left and a field of width `field_width` at the right, both with the tooltip.
/// Returns the row's label.
QLabel* add_field(QVBoxLayout* column, const QString& name, QWidget* field, const QString& tooltip,
                  int field_width = 140);

/// A name and a value in bold at the right edge; returns the value's label.
QLabel* add_value(QVBoxLayout* column, const QString& name, const QString& tooltip);

/// Boxes for numbers: a point for decimals in every language, read when the entry is finished.
[[nodiscard]] QDoubleSpinBox* number_box(double low, double high, int decimals, double step);
[[nodiscard]] QSpinBox* count_box(int low, int high);

/// Text in the tooltip as rich text of limited width.
[[nodiscard]] QString tooltip_text(const QString& sentence);

}  // namespace anamorph
