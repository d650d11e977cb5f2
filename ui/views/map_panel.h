// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/controllers/prediction_controller.h"
#include "ui/controllers/simulation_controller.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace anamorph {

class SimulationForm;

/// Grid, target and averaging of the prediction map; below it conditional simulations on this grid.
class MapPanel : public QWidget {
    Q_OBJECT
public:
    MapPanel(Session& session, PredictionController& prediction, SimulationController& simulation,
             QWidget* parent = nullptr);

    /// Of the shown model, as the fields ask for.
    void predict();

private:
    void refresh();
    /// Of other data start_afresh(); the same with another covariate keep what stands in the fields. The
    /// controller gets them for the maps that it makes by itself.
    void take_data();
    /// The fields as they are for data that are new here, or as the project's map was asked for.
    void start_afresh();
    void show_cells();
    void read_levels();
    [[nodiscard]] MapRequest request() const;

    std::vector<double> levels_, limits_;  ///< of quantiles and of exceedance, as they were read

    Session& session_;
    Session::DatasetPointer data_;  ///< that the fields are for
    PredictionController& prediction_;
    QSpinBox* cells_;
    QSpinBox* times_;
    QWidget* times_row_;  ///< for data with time
    QLabel* count_;
    QComboBox* target_;
    QComboBox* averaged_;
    QLineEdit* quantiles_;
    QLineEdit* thresholds_;
    QCheckBox* local_range_;
    QLabel* unreadable_;
    QPushButton* predict_;
    QPushButton* cancel_;
    QLabel* summary_;
    SimulationForm* simulations_;
};

}  // namespace anamorph
