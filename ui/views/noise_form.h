// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QVBoxLayout;

namespace anamorph {

/// The noise (Gaussian or Student, the same everywhere or varying) and, where the data have covariates,
/// which of them are coordinates of the distance.
class NoiseForm : public QWidget {
    Q_OBJECT
public:
    explicit NoiseForm(Session& session, QWidget* parent = nullptr);

private:
    void read();   ///< session → widgets
    void write();  ///< widgets → session
    void make_covariates();

    Session& session_;
    QComboBox* noise_;
    QWidget* degrees_row_;
    QDoubleSpinBox* degrees_;
    QCheckBox* varying_;
    QWidget* distance_;  ///< a box for each covariate; hidden without any
    QVBoxLayout* distance_column_;
    std::vector<QCheckBox*> covariates_;
    std::vector<std::string> names_;  ///< of the covariates that have a box
    bool reading_ = false;
};

}  // namespace anamorph
