// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;
class QVBoxLayout;

namespace anamorph {

/// Every other option of specification and fit, each with the sentence that explains it.
class AdvancedForm : public QWidget {
    Q_OBJECT
public:
    explicit AdvancedForm(Session& session, QWidget* parent = nullptr);

private:
    void add_design(QVBoxLayout* column);
    void add_deformation(QVBoxLayout* column);
    void add_fit(QVBoxLayout* column);
    void read();
    void write();

    Session& session_;
    QDoubleSpinBox* design_weight_;
    QComboBox* design_term_;
    QComboBox* base_density_;
    QWidget* time_row_;  ///< for data with time
    QComboBox* time_deformation_;
    QDoubleSpinBox* ridge_;
    QDoubleSpinBox* layer_ridge_;
    QDoubleSpinBox* fine_ridge_;
    QSpinBox* basis_size_;
    QSpinBox* fine_basis_;
    QSpinBox* added_units_;
    QSpinBox* couplings_;
    QSpinBox* hidden_width_;
    QDoubleSpinBox* jacobian_penalty_;
    QComboBox* optimiser_;
    QSpinBox* iterations_;
    QDoubleSpinBox* learning_rate_;
    QSpinBox* starts_;
    QDoubleSpinBox* held_out_;
    QSpinBox* seed_;
    QSpinBox* threads_;
    bool reading_ = false;
};

}  // namespace anamorph
