// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QWidget>

#include "ui/controllers/prediction_controller.h"
#include "ui/controllers/simulation_controller.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace anamorph {

/// Number, seed and parameters of conditional simulations; grid and target are the map's.
class SimulationForm : public QWidget {
    Q_OBJECT
public:
    /// `map`: what the map panel asks for now.
    SimulationForm(Session& session, SimulationController& simulation, std::function<MapRequest()> map,
                   QWidget* parent = nullptr);

public Q_SLOTS:
    void refresh();

private:
    [[nodiscard]] SimulationRequest request() const;

    Session& session_;
    SimulationController& simulation_;
    std::function<MapRequest()> map_;
    QSpinBox* count_;
    QSpinBox* seed_;
    QComboBox* averaged_;
    QComboBox* method_;
    QLabel* size_;
    QPushButton* draw_;
    QPushButton* cancel_;
    QLabel* summary_;
};

}  // namespace anamorph
