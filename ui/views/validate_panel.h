// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/controllers/validation_controller.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace anamorph {

class FamiliesForm;

/// Which models to compare on which folds, and how far that is.
class ValidatePanel : public QWidget {
    Q_OBJECT
public:
    ValidatePanel(Session& session, ValidationController& validation, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void add_folds(class QVBoxLayout* column);
    void show_families();
    void refresh();
    [[nodiscard]] QString button_text(bool kept, qsizetype chosen) const;
    bool may_replace();
    void hide_way(HoldOut way, bool hidden);
    [[nodiscard]] HoldOut hold_out() const;
    [[nodiscard]] ValidationRequest request() const;

    Session& session_;
    ValidationController& validation_;
    FamiliesForm* families_;
    QComboBox* hold_out_;
    QLabel* explanation_;
    QWidget* folds_row_;
    QWidget* blocks_row_;
    QSpinBox* folds_;
    QSpinBox* blocks_x_;
    QSpinBox* blocks_y_;
    QLabel* times_;
    QSpinBox* seed_;
    QPushButton* compare_;
    QPushButton* cancel_;
    QLabel* message_;
    QPushButton* back_;
};

}  // namespace anamorph
