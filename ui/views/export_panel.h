// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"
#include "ui/views/curves_tabs.h"

class QComboBox;
class QPushButton;

namespace anamorph {

/// What can leave the program: pictures, curves, maps, the project.
class ExportPanel : public QWidget {
    Q_OBJECT
public:
    explicit ExportPanel(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    void viewsRequested(double scale);
    void curvesRequested(anamorph::CurvesTabs::Tab tab);
    void csvRequested();
    void geoTiffRequested();
    void simulationsRequested();
    void filmRequested(double scale);
    void filmCancelled();
    void projectRequested();

public:
    /// While a film is being written its button ends that.
    void setFilming(bool filming);

private:
    void refresh();
    /// The tabs that these data have curves in.
    void list_curves();

    Session& session_;
    QComboBox* scale_;
    QComboBox* curves_;
    QPushButton* save_curves_;
    QPushButton* csv_;
    QPushButton* tiff_;
    QPushButton* simulations_;
    QPushButton* film_;
    bool filming_ = false;
};

}  // namespace anamorph
