// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/models/session.h"
#include "ui/models/validation_model.h"

class QLabel;
class QStackedLayout;
class QTableView;

namespace anamorph {

/// Scores of a cross-validation and its verdict.
class ValidationTab : public QWidget {
    Q_OBJECT
public:
    explicit ValidationTab(Session& session, QWidget* parent = nullptr);

private:
    void refresh();

    Session& session_;
    ValidationModel* model_;
    QTableView* table_;
    QLabel* verdict_;
    QStackedLayout* pages_;
};

}  // namespace anamorph
