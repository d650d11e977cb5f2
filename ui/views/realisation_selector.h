// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace anamorph {

/// Below the two spaces, for data of several realisations: which one is shown, predicted and drawn.
/// Hidden for other data.
class RealisationSelector : public QWidget {
    Q_OBJECT
public:
    explicit RealisationSelector(Session& session, QWidget* parent = nullptr);

private:
    void refresh();
    void show_current();
    void step(int by);

    Session& session_;
    QToolButton* previous_;
    QComboBox* labels_;
    QToolButton* next_;
    QLabel* facts_;
    bool showing_ = false;
};

}  // namespace anamorph
