// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QLabel;
class QPushButton;

namespace anamorph {

/// What was opened, what import did to it, and the ways to open something else.
class DataPanel : public QWidget {
    Q_OBJECT
public:
    explicit DataPanel(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    void openRequested();
    void samplesRequested();
    void rasterRequested();

private:
    void refresh();

    Session& session_;
    QLabel* empty_;
    QWidget* facts_;
    QLabel* name_;
    QLabel* sites_;
    QLabel* coordinates_;
    QLabel* system_;
    QLabel* value_;
    QLabel* covariates_;
    QPushButton* raster_;
    QLabel* notes_title_;
    QLabel* notes_;
};

}  // namespace anamorph
