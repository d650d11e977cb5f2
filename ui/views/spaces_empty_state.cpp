// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spaces_empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace anamorph {
namespace {

constexpr int drawing_height = 150;

/// A 5×5 grid in a square of `side` at `origin`, bent by `bend`.
QPainterPath grid_path(const QPointF& origin, double side, double bend) {
    const auto at = [&](double x, double y) {
        return origin + side * QPointF(x + bend * std::sin(3.1 * y) * (1.0 - 0.6 * x),
                                       y + bend * 0.8 * std::sin(2.8 * x + 0.6) * (0.5 + y) - 0.4 * bend);
    };
    QPainterPath path;
    for (int line = 0; line <= 4; ++line) {
        const double c = line / 4.0;
        path.moveTo(at(0.0, c));
        for (int k = 1; k <= 24; ++k) path.lineTo(at(k / 24.0, c));
        path.moveTo(at(c, 0.0));
        for (int k = 1; k <= 24; ++k) path.lineTo(at(c, k / 24.0));
    }
    return path;
}

}  // namespace

SpacesEmptyState::SpacesEmptyState(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addStretch(3);
    layout->addSpacing(drawing_height + 20);
    auto* title = new QLabel(tr("Open measurements to begin"));
    title->setAlignment(Qt::AlignCenter);
    title->setFont(theme_font(17, true));
    layout->addWidget(title);
    auto* text = new QLabel(tr("A table with coordinates and a measured value (CSV, TSV) or "
                               "an Anamorph project. The map appears here, in geographic space and, "
                               "once a model is trained, in the space where it looks stationary."));
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    text->setProperty("role", "muted");
    text->setMinimumWidth(300);
    text->setMaximumWidth(460);
    auto* centred = new QHBoxLayout;
    centred->addStretch();
    centred->addWidget(text, 10);
    centred->addStretch();
    layout->addLayout(centred);
    layout->addSpacing(8);
    auto* open = new QPushButton(tr("Open data…"));
    open->setProperty("kind", "primary");
    auto* sample = new QPushButton(tr("Try a sample"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(open);
    buttons->addSpacing(8);
    buttons->addWidget(sample);
    buttons->addStretch();
    layout->addLayout(buttons);
    layout->addStretch(4);
    connect(open, &QPushButton::clicked, this, &SpacesEmptyState::openRequested);
    connect(sample, &QPushButton::clicked, this, &SpacesEmptyState::sampleRequested);
}

void SpacesEmptyState::setTheme(const Theme& theme) {
    theme_ = theme;
    update();
}

void SpacesEmptyState::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme_.card);
    double top = drawing_height;
    for (const auto* label : findChildren<QLabel*>(Qt::FindDirectChildrenOnly)) {
        top = label->y();
        break;
    }
    const double side = 110.0, y = top - drawing_height + 8.0, middle = 0.5 * width();
    painter.setPen(QPen(theme_.muted, 1.2));
    painter.drawPath(grid_path({middle - side - 44.0, y}, side, 0.0));
    painter.setPen(QPen(theme_.accent, 1.4));
    painter.drawPath(grid_path({middle + 44.0, y}, side, 0.13));
    painter.setPen(QPen(theme_.muted, 1.4));
    const QPointF tip(middle + 14.0, y + 0.5 * side);
    painter.drawLine(tip - QPointF(28.0, 0.0), tip);
    painter.drawLine(tip - QPointF(6.0, 5.0), tip);
    painter.drawLine(tip - QPointF(6.0, -5.0), tip);
}

}  // namespace anamorph
