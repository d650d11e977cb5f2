// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/views/theme.h"

namespace anamorph {

/// What the spaces show before there are data: a straight and a bent grid, and what to do next.
class SpacesEmptyState : public QWidget {
    Q_OBJECT
public:
    explicit SpacesEmptyState(QWidget* parent = nullptr);
    void setTheme(const Theme& theme);

Q_SIGNALS:
    void openRequested();
    void sampleRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Theme theme_ = Theme::light();
};

}  // namespace anamorph
