// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "ui/controllers/validation_controller.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QRadioButton;
class QSpinBox;

namespace anamorph {

/// Which models to compare on which folds, and what came of it.
class ValidatePanel : public QWidget {
    Q_OBJECT
public:
    ValidatePanel(Session& session, ValidationController& validation, QWidget* parent = nullptr);

private:
    void add_models(class QVBoxLayout* column);
    void add_folds(class QVBoxLayout* column);
    void refresh();
    [[nodiscard]] ValidationRequest request() const;

    Session& session_;
    ValidationController& validation_;
    std::vector<QCheckBox*> models_;
    QRadioButton* random_;
    QRadioButton* blocks_;
    QSpinBox* folds_;
    QSpinBox* blocks_x_;
    QSpinBox* blocks_y_;
    QSpinBox* seed_;
    QPushButton* compare_;
    QPushButton* cancel_;
    QLabel* verdict_;
};

}  // namespace anamorph
