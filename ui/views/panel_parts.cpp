// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/panel_parts.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSpinBox>

#include "ui/views/theme.h"

namespace anamorph {
namespace {

QLabel* labelled(const QString& text, const char* role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", QString::fromLatin1(role));
    return label;
}

QFrame* hairline(QWidget* parent) {
    auto* line = new QFrame(parent);
    line->setObjectName(QStringLiteral("hairline"));
    return line;
}

}  // namespace

QLabel* section_label(const QString& text, QWidget* parent) {
    QLabel* label = labelled(text.toUpper(), "section", parent);
    label->setFont(theme_font(11.0, true));
    return label;
}

QLabel* muted_label(const QString& text, QWidget* parent) {
    QLabel* label = labelled(text, "muted", parent);
    label->setWordWrap(true);
    return label;
}

QLabel* text_label(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QFrame* horizontal_hairline(QWidget* parent) {
    QFrame* line = hairline(parent);
    line->setFixedHeight(1);
    return line;
}

QFrame* vertical_hairline(QWidget* parent) {
    QFrame* line = hairline(parent);
    line->setFixedWidth(1);
    return line;
}

QPushButton* primary_button(const QString& text, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("kind", QStringLiteral("primary"));
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

QPushButton* link_button(const QString& text, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("kind", QStringLiteral("link"));
    button->setCursor(Qt::PointingHandCursor);
    button->setFlat(true);
    return button;
}

QVBoxLayout* panel_column(QWidget* panel) {
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    return column;
}

QLabel* add_field(QVBoxLayout* column, const QString& name, QWidget* field, const QString& tooltip,
                  int field_width) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    QLabel* label = labelled(name, "muted", nullptr);
    label->setToolTip(tooltip_text(tooltip));
    label->setBuddy(field);
    field->setToolTip(tooltip_text(tooltip));
    field->setFixedWidth(field_width);
    row->addWidget(label);
    row->addStretch(1);
    row->addWidget(field);
    column->addLayout(row);
    return label;
}

QLabel* add_value(QVBoxLayout* column, const QString& name, const QString& tooltip) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    QLabel* label = labelled(name, "muted", nullptr);
    QLabel* value = labelled(QString(), "value", nullptr);
    value->setWordWrap(true);
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setToolTip(tooltip_text(tooltip));
    value->setToolTip(tooltip_text(tooltip));
    row->addWidget(label);
    row->addWidget(value, 1);
    column->addLayout(row);
    return value;
}

QDoubleSpinBox* number_box(double low, double high, int decimals, double step) {
    auto* box = new QDoubleSpinBox;
    box->setLocale(QLocale::c());
    box->setDecimals(decimals);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setKeyboardTracking(false);
    return box;
}

QSpinBox* count_box(int low, int high) {
    auto* box = new QSpinBox;
    box->setLocale(QLocale::c());
    box->setRange(low, high);
    box->setKeyboardTracking(false);
    return box;
}

QString tooltip_text(const QString& sentence) {
    if (sentence.isEmpty()) return {};
    return QStringLiteral("<div style='white-space:normal'>%1</div>").arg(sentence.toHtmlEscaped());
}

}  // namespace anamorph
