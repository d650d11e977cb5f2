// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QLabel;

namespace anamorph {

class RegionController;

/// What is to be fitted, with the advanced options in a fold, and what is wrong with them.
class ModelPanel : public QWidget {
    Q_OBJECT
public:
    ModelPanel(Session& session, RegionController& regions, QWidget* parent = nullptr);

Q_SIGNALS:
    void continueRequested();
    void regionLayerRequested();

private:
    Session& session_;
    QLabel* problems_;
};

}  // namespace anamorph
