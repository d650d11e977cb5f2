// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "ui/controllers/region_controller.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace anamorph {

/// Regions of a segmented model or a partition: by k-means, drawn on the map, or from a layer. Shown
/// only where the model has regions that can be drawn.
class RegionsForm : public QWidget {
    Q_OBJECT
public:
    explicit RegionsForm(RegionController& regions, QWidget* parent = nullptr);

Q_SIGNALS:
    void layerRequested();

private:
    void refresh();
    void list();
    void show_sites();

    RegionController& regions_;
    QLabel* hint_;
    QPushButton* draw_;
    QPushButton* undo_;
    QPushButton* layer_;
    QPushButton* clear_;
    QWidget* list_ = nullptr;
    std::vector<QLabel*> sites_;  ///< of each outline, in `list_`
    QVBoxLayout* column_;
};

}  // namespace anamorph
